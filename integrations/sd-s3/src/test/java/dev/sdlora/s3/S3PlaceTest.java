package dev.sdlora.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.server.results.ResultPlace;
import dev.sdlora.server.results.ResultPlace.Found;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class S3PlaceTest {
  private static Bucket bucket;

  @BeforeAll
  static void start() throws Exception {
    bucket = new Bucket();
  }

  @AfterAll
  static void stop() {
    bucket.close();
  }

  private static ResultPlace place(String prefix) {
    return S3Results.open(bucket.client(Bucket.SECRET), Bucket.NAME, prefix);
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void file_isWritten_read_listed_andDeleted() throws IOException {
    try (ResultPlace place = place("/sd//one/")) {
      Instant before = Instant.now().minus(Duration.ofMinutes(1));
      for (String day : List.of("2026-11-28", "2026-11-29", "2026-11-30")) {
        place.write(day + "/a-0.png", bytes(1000, 1));
      }
      place.write("2026-11-29/a-0.png", bytes(1000, 2));
      assertThat(bucket.has("sd/one/2026-11-29/a-0.png")).isTrue();
      assertThat(place.read("2026-11-29/a-0.png")).isEqualTo(bytes(1000, 2));
      List<Found> found = place.before("2026-11-30");
      assertThat(found)
          .extracting(Found::key)
          .containsExactly("2026-11-28/a-0.png", "2026-11-29/a-0.png");
      assertThat(found.get(0).written()).isAfter(before);
      place.delete("2026-11-28/a-0.png");
      place.delete("2026-11-28/a-0.png");
      assertThatThrownBy(() -> place.read("2026-11-28/a-0.png"))
          .isInstanceOf(NoSuchFileException.class);
      assertThat(place.before("2026-11-29")).isEmpty();
    }
  }

  @Test
  void eightAtOnce_areAllThere() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (ResultPlace place = place("eight")) {
      List<Callable<Boolean>> tasks =
          IntStream.range(0, 8)
              .<Callable<Boolean>>mapToObj(
                  i ->
                      () -> {
                        String key = "2026-11-30/" + i + "-0.png";
                        place.write(key, bytes(200_000, i));
                        return Arrays.equals(place.read(key), bytes(200_000, i));
                      })
              .toList();
      for (Future<Boolean> same : threads.invokeAll(tasks)) {
        assertThat(same.get()).isTrue();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Tag("slow")
  @Test
  void file_of40Megabytes_isWhole() throws IOException {
    try (ResultPlace place = place("")) {
      byte[] file = bytes(40 << 20, 3);
      place.write("2026-11-30/large-0.png", file);
      assertThat(place.read("2026-11-30/large-0.png")).isEqualTo(file);
      place.delete("2026-11-30/large-0.png");
    }
  }

  @Test
  void wrongCredentials_areTold() {
    assertThatThrownBy(() -> S3Results.open(bucket.client("wrong"), Bucket.NAME, ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "cannot use the bucket 'images': S3 does not accept the credentials"
                + " (SignatureDoesNotMatch); check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }

  @Test
  void missingBucket_isTold() {
    assertThatThrownBy(() -> S3Results.open(bucket.client(Bucket.SECRET), "nothing", ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot use the bucket 'nothing': there is no bucket 'nothing'");
  }

  @Test
  void serverThatIsGone_isTold_andUsedAgain() throws Exception {
    try (Bucket other = new Bucket();
        ResultPlace place = S3Results.open(other.client(Bucket.SECRET), Bucket.NAME, "")) {
      other.stop();
      assertThatThrownBy(() -> place.write("2026-11-30/a-0.png", bytes(10, 1)))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("S3 cannot be reached: ");
      assertThatThrownBy(() -> place.read("2026-11-30/a-0.png"))
          .isNotInstanceOf(NoSuchFileException.class)
          .hasMessageStartingWith("S3 cannot be reached: ");
      other.startAgain();
      place.write("2026-11-30/a-0.png", bytes(10, 1));
      assertThat(place.read("2026-11-30/a-0.png")).isEqualTo(bytes(10, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3://", "s3://ab", "s3://Bucket", "s3://bucket/a?b", "s3:bucket"})
  void malformedAddress_isRefused(String address) {
    assertThatThrownBy(() -> new S3Results().open(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("an address in S3 must be s3://BUCKET or s3://BUCKET/PREFIX");
  }

  @Test
  void provider_isFound() {
    assertThat(ServiceLoader.load(ResultPlace.Provider.class))
        .extracting(ResultPlace.Provider::scheme)
        .containsExactly("s3://");
  }
}
