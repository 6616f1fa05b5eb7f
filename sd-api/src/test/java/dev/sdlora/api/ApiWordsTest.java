package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What computes is no matter of callers: the API has none of its words, in names and javadoc. */
final class ApiWordsTest {
  private static final Path SOURCES = Path.of("src/main/java");

  /** PyTorch may be named: it gives files and generators of random numbers their names. */
  private static final Pattern ENGINE =
      Pattern.compile("DJL|libtorch|TorchScript|NDArray|native array", Pattern.CASE_INSENSITIVE);

  @Test
  void sources_noWordOfAnEngine() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();

      assertThat(sources).hasSizeGreaterThan(80);
      assertThat(sources)
          .allSatisfy(source -> assertThat(Files.readString(source)).doesNotContainPattern(ENGINE));
    }
  }
}
