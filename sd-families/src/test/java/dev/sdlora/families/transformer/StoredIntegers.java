package dev.sdlora.families.transformer;

import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads int64 tensors of a file next to the tests of transformers. */
public final class StoredIntegers {
  private final TensorFile file;

  private StoredIntegers(TensorFile file) {
    this.file = file;
  }

  public static StoredIntegers open(String path) {
    return new StoredIntegers(
        TensorFile.open(
            GoldenTensors.folder("/dev/sdlora/families")
                .resolve("transformer")
                .resolve(Path.of(path))));
  }

  public int[] of(String name) {
    try (TensorFile.Reader reader = file.reader()) {
      LongBuffer values =
          reader
              .bytes(file.find(name).orElseThrow(() -> new AssertionError("no tensor " + name)))
              .order(ByteOrder.LITTLE_ENDIAN)
              .asLongBuffer();
      int[] integers = new int[values.remaining()];
      Arrays.setAll(integers, i -> Math.toIntExact(values.get(i)));
      return integers;
    }
  }
}
