package dev.sdlora.fuzz.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SoakTest {
  /** Long enough for a few hundred requests. */
  private static final Duration TIME = Duration.ofSeconds(15);

  @TempDir private Path folder;

  @Test
  void pipelines_randomRequestsAndDamagedFiles_areAsBefore() throws Exception {
    assertThat(Soak.run(TIME, 1, folder)).isEmpty();
    assertThat(Files.readAllLines(folder.resolve("soak.csv"))).hasSizeGreaterThan(1);
  }

  @Test
  void flatness_steadyCounts_findsNothing() {
    assertThat(new Flatness(samples(i -> sample(40, 12, 100 + i % 3))).faults()).isEmpty();
  }

  @Test
  void flatness_leaks_namesEach() {
    assertThat(new Flatness(samples(i -> sample(40 + i, 12, 100))).faults())
        .singleElement()
        .asString()
        .startsWith("file handles grow");
    assertThat(new Flatness(samples(i -> sample(40, 12 + i, 100))).faults())
        .singleElement()
        .asString()
        .startsWith("threads grow");
    assertThat(new Flatness(samples(i -> sample(40, 12, 100 + i))).faults())
        .singleElement()
        .asString()
        .startsWith("resident bytes grow");
  }

  private static List<Sample> samples(IntFunction<Sample> each) {
    return new ArrayList<>(IntStream.range(0, 30).mapToObj(each).toList());
  }

  private static Sample sample(long handles, long threads, long residentBytes) {
    return new Sample(0, 0, 0, 0, 7, handles, threads, 1000, residentBytes);
  }
}
