package dev.sdlora.tensors.weights;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.file.TensorView;
import dev.sdlora.tensors.file.gguf.RawGguf;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Random weights, whole and in views, against the values that readers return. */
class StoredFormatPropertiesTest {
  private static Torch torch;
  private static TensorLoader loader;

  @BeforeContainer
  static void open() {
    torch = Torch.open("cpu");
    loader = new TensorLoader(torch);
  }

  @AfterContainer
  static void close() {
    torch.close();
  }

  @Property(tries = 100)
  void widened_randomBlocks_areTheValues(
      @ForAll StoredFormat format,
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 3) int across,
      @ForAll boolean flattened,
      @ForAll long seed)
      throws IOException {
    Assume.that(format.code() < StoredFormat.FP8_E4M3.code());
    Random random = new Random(seed);
    RawBlocks blocks = RawBlocks.of(format);
    long columns = (long) across * blocks.elements();
    List<Long> shape = List.of((long) rows, columns);
    RawGguf gguf = new RawGguf();
    List<Long> stored = shape;
    if (flattened) {
      // Rows that end in the middle of blocks.
      shape = List.of((long) across * blocks.elements() / 4, 4L, (long) rows);
      gguf.integers("comfy.gguf.orig_shape.x", across * blocks.elements() / 4, 4, rows);
      stored = List.of((long) rows * across, (long) blocks.elements());
    }
    byte[] bytes = blocks.random(rows * across, random);
    Path path = Files.createTempFile("sdlora-test", ".gguf");
    try {
      Files.write(path, gguf.tensor("x", format.code(), stored, bytes).bytes());
      TensorFile file = TensorFile.open(path);
      Widened.requireValues(
          torch, loader, format, new Origin(file, file.find("x").orElseThrow(), shape));
      if (!flattened) {
        requireViews(file, "x", format, random);
      }
    } finally {
      Files.delete(path);
    }
  }

  @Property(tries = 100)
  void widened_randomBytesAndFactors_areTheProducts(
      @ForAll @IntRange(min = 0, max = 2) int kind,
      @ForAll @IntRange(min = 1, max = 5) int rowBlocks,
      @ForAll @IntRange(min = 1, max = 3) int columnBlocks,
      @ForAll @IntRange(min = 0, max = 3) int factors,
      @ForAll boolean finite,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    DType dtype = List.of(DType.F8_E4M3, DType.F8_E5M2, DType.I8).get(kind);
    StoredFormat format =
        List.of(StoredFormat.FP8_E4M3, StoredFormat.FP8_E5M2, StoredFormat.INT8).get(kind);
    Assume.that(factors > 0 || kind < 2);
    long rows = 2L * rowBlocks;
    long columns = 3L * columnBlocks;
    byte[] codes = new byte[(int) (rows * columns)];
    random.nextBytes(codes);
    for (int i = 0; finite && i < codes.length; i++) {
      codes[i] = (byte) (codes[i] & 0xbf);
    }
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.tensor(
        "x.weight", dtype, List.of(rows, columns), out -> out.write(ByteBuffer.wrap(codes)));
    if (factors > 0) {
      List<Long> shape =
          switch (factors) {
            case 1 -> List.of(1L);
            case 2 -> List.of(rows, 1L);
            default -> List.of((long) rowBlocks, (long) columnBlocks);
          };
      float[] scales =
          new float[shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < scales.length; i++) {
        scales[i] = (float) (random.nextGaussian() * Math.scalb(1.0, random.nextInt(60) - 30));
      }
      writer.tensor("x.weight_scale", shape, scales, DType.F32);
    }
    Path path = Files.createTempFile("sdlora-test", ".safetensors");
    try {
      writer.write(path);
      TensorFile file = TensorFile.open(path);
      TensorEntry entry = file.find("x.weight").orElseThrow();
      Widened.requireValues(torch, loader, format, new Origin(file, entry, entry.shape()));
      requireViews(file, "x.weight", format, random);
    } finally {
      Files.delete(path);
    }
  }

  /** Checks rows, rows of a view, and swapped halves. */
  private static void requireViews(
      TensorFile file, String name, StoredFormat format, Random random) {
    TensorEntry entry = file.find(name).orElseThrow();
    int rows = entry.shape().get(0).intValue();
    List<TensorView> views = new ArrayList<>();
    int first = random.nextInt(rows);
    views.add(TensorView.rows(file, entry, "rows", first, 1 + random.nextInt(rows - first)));
    if (rows % 2 == 0) {
      views.add(TensorView.halvesSwapped(file, entry, "swapped"));
    }
    TensorFile with = file.with(views);
    for (TensorView view : views) {
      TensorEntry known = with.find(view.entry().name()).orElseThrow();
      Widened.requireValues(torch, loader, format, new Origin(with, known, known.shape()));
      int count = known.shape().get(0).intValue();
      int from = random.nextInt(count);
      TensorEntry some = known.rows(from, 1 + random.nextInt(count - from));
      Widened.requireValues(torch, loader, format, new Origin(with, some, some.shape()));
    }
  }
}
