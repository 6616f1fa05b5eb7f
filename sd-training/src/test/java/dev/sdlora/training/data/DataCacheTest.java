package dev.sdlora.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.testkit.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCacheTest {
  private static final CacheKey KEY = CacheKey.of("image").with("64x64").with(new float[] {1, 2});
  private static final Map<String, float[]> VALUES =
      Map.of("mean", new float[] {0.5f, -1, 3}, "deviation", new float[] {1e-10f, Float.MIN_VALUE});

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve(KEY.name() + ".safetensors");
  }

  private static void assertFound(DataCache cache) {
    assertThat(cache.find(KEY).orElseThrow()).usingRecursiveComparison().isEqualTo(VALUES);
  }

  @Test
  void find_kept_hasTheSameNumbers() {
    DataCache.in(folder.resolve("deep/inside")).keep(KEY, VALUES);

    assertFound(DataCache.in(folder.resolve("deep/inside")));
    assertThat(DataCache.in(folder).find(KEY)).isEmpty();
    assertThat(DataCache.NONE.find(KEY)).isEmpty();
  }

  @Test
  void keys_ofOtherParts_differ() {
    assertThat(
            Stream.of(
                CacheKey.of("image").with("64x64").with(new float[] {1, 3}),
                CacheKey.of("image").with("64x6").with("4").with(new float[] {1, 2}),
                CacheKey.of("text").with("64x64").with(new float[] {1, 2}),
                KEY))
        .doesNotHaveDuplicates();
  }

  /** A changed file gets another key, even if size and names of tensors are the same. */
  @Test
  void keys_ofAChangedCheckpoint_differ() throws IOException {
    byte[] bytes = Files.readAllBytes(TinyModels.CHECKPOINT);
    UNetFiles before = CheckpointReader.read(Files.write(folder.resolve("a.safetensors"), bytes));
    UNetFiles copy = CheckpointReader.read(Files.write(folder.resolve("c.safetensors"), bytes));
    bytes[bytes.length - 1] ^= 1;
    UNetFiles after = CheckpointReader.read(Files.write(folder.resolve("b.safetensors"), bytes));

    assertThat(KEY.with(before.vae())).isEqualTo(KEY.with(copy.vae()));
    assertThat(KEY.with(before.vae())).isNotEqualTo(KEY.with(after.vae()));
    assertThat(KEY.with(before.vae())).isNotEqualTo(KEY.with(before.unet()));
  }

  @Test
  void find_damaged_isEmptyAndIsReplaced() throws IOException {
    DataCache cache = DataCache.in(folder);
    cache.keep(KEY, VALUES);
    byte[] whole = Files.readAllBytes(file());
    byte[] flipped = whole.clone();
    flipped[whole.length - 2] ^= 4;
    for (byte[] damaged :
        List.of(flipped, Arrays.copyOf(whole, whole.length - 3), new byte[0], new byte[] {1, 2})) {
      Files.write(file(), damaged);

      assertThat(cache.find(KEY)).isEmpty();
      cache.keep(KEY, VALUES);
      assertFound(cache);
    }
  }

  @Test
  void keep_whereNothingCanBeWritten_isNoError() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "not a folder");

    DataCache.in(blocked).keep(KEY, VALUES);

    assertThat(DataCache.in(blocked).find(KEY)).isEmpty();
  }

  /** An entry that another process replaces while it is read counts as missing. */
  @Test
  void keep_bySeveralAtOnce_isNeverHalf() {
    DataCache cache = DataCache.in(folder);
    IntStream.range(0, 40)
        .parallel()
        .forEach(
            i -> {
              cache.keep(KEY, VALUES);
              cache
                  .find(KEY)
                  .ifPresent(
                      found -> assertThat(found).usingRecursiveComparison().isEqualTo(VALUES));
            });

    assertFound(cache);
    assertThat(folder).isDirectoryContaining(file()::equals);
    assertThat(Objects.requireNonNull(folder.toFile().list())).hasSize(1);
  }
}
