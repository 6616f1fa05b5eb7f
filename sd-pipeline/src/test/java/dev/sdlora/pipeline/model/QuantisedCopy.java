package dev.sdlora.pipeline.model;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Writes copies of a file whose matrices are quantised, each to the nearest code. */
final class QuantisedCopy {
  private static final float[] NF4 = {
    -1,
    -0.6961928f,
    -0.52507305f,
    -0.3949175f,
    -0.28444138f,
    -0.18477343f,
    -0.091050036f,
    0,
    0.0795803f,
    0.1609302f,
    0.2461123f,
    0.33791524f,
    0.44070983f,
    0.562617f,
    0.72295684f,
    1
  };
  private static final float[] E2M1 = {
    0, 0.5f, 1, 1.5f, 2, 3, 4, 6, 0, -0.5f, -1, -1.5f, -2, -3, -4, -6
  };
  private static final float[] E4M3 = table(code -> Floats.fromFloat8E4m3((byte) code));
  private static final float[] INT8 = table(code -> (byte) code);

  /** A layout, and the divisor of the inputs of its matrices. */
  enum Layout {
    PLAIN("float8_e4m3", 1),
    SCALED("float8_e4m3 scaled", 1),
    ROWS("float8_e4m3 scaled", 1),
    INTEGERS("int8 scaled", 1),
    ROTATED("int8 rotated", 16),
    MXFP8("mxfp8", 32),
    NVFP4("nvfp4", 16),
    NF4("nf4", 1);

    final String format;
    private final int divisor;

    Layout(String format, int divisor) {
      this.format = format;
      this.divisor = divisor;
    }
  }

  private final SafetensorsWriter writer = new SafetensorsWriter();
  private final Layout layout;

  private QuantisedCopy(Layout layout) {
    this.layout = layout;
  }

  private static float[] table(IntToDoubleFunction value) {
    float[] table = new float[256];
    for (int code = 0; code < table.length; code++) {
      table[code] = (float) value.applyAsDouble(code);
    }
    return table;
  }

  /** Writes a copy; biases, norms, kernels and embeddings stay as they are. */
  static Path write(Path source, Path target, Layout layout) {
    QuantisedCopy copy = new QuantisedCopy(layout);
    TensorFile file = TensorFile.open(source);
    file.metadata().forEach(copy.writer::metadata);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        boolean matrix =
            entry.shape().size() == 2
                && entry.name().endsWith(".weight")
                && !entry.name().contains("embedding.")
                && !entry.name().contains("embed_tokens")
                && entry.shape().get(1) % layout.divisor == 0;
        if (matrix) {
          copy.add(entry, reader.floats(entry));
        } else {
          copy.writer.tensor(
              entry.name(), entry.dtype(), entry.shape(), out -> out.write(reader.bytes(entry)));
        }
      }
      copy.writer.write(target);
    }
    return target;
  }

  /** Writes the values of a quantised file in float32. */
  static Path widened(Path quantised, Path target) {
    TensorFile file = TensorFile.open(quantised);
    SafetensorsWriter writer = new SafetensorsWriter();
    file.metadata().forEach(writer::metadata);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        writer.tensor(entry.name(), entry.shape(), reader.floats(entry), DType.F32);
      }
      writer.write(target);
    }
    return target;
  }

  private void add(TensorEntry entry, float[] values) {
    String name = entry.name();
    String layer = name.substring(0, name.length() - ".weight".length());
    int columns = entry.shape().get(1).intValue();
    switch (layout) {
      case PLAIN -> bytes(name, DType.F8_E4M3, entry.shape(), codes(values));
      case SCALED -> scaled(entry, values, E4M3, values.length, DType.F8_E4M3, ".scale_weight");
      case ROWS -> {
        scaled(entry, values, E4M3, columns, DType.F8_E4M3, ".weight_scale");
        note(layer, "{\"format\": \"float8_e4m3fn\"}");
      }
      case INTEGERS -> {
        scaled(entry, values, INT8, columns, DType.I8, ".weight_scale");
        note(layer, "{\"format\": \"int8_tensorwise\"}");
      }
      case ROTATED -> {
        // Without the rotation before rounding these are other values, but as good as any.
        scaled(entry, values, INT8, columns, DType.I8, ".weight_scale");
        note(
            layer,
            "{\"format\": \"int8_tensorwise\", \"convrot\": true, \"convrot_groupsize\": 16}");
      }
      case MXFP8 -> microscaled(entry, layer, values, false);
      case NVFP4 -> microscaled(entry, layer, values, true);
      case NF4 -> nf4(entry, values);
    }
  }

  private void scaled(
      TensorEntry entry, float[] values, float[] table, int block, DType dtype, String scale) {
    float[] scales = largest(values, block);
    for (int i = 0; i < scales.length; i++) {
      scales[i] /= dtype == DType.I8 ? 127 : 448;
    }
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      codes[i] = code(values[i] / scales[i / block], table);
    }
    bytes(entry.name(), dtype, entry.shape(), codes);
    List<Long> shape = scales.length == 1 ? List.of() : List.of((long) scales.length, 1L);
    String layer = entry.name().substring(0, entry.name().length() - ".weight".length());
    writer.tensor(layer + scale, shape, scales, DType.F32);
  }

  private void microscaled(TensorEntry entry, String layer, float[] values, boolean nvfp4) {
    int rows = entry.shape().get(0).intValue();
    int columns = entry.shape().get(1).intValue();
    int block = nvfp4 ? 16 : 32;
    int tiles = (columns / block + 3) / 4;
    byte[] scales = new byte[(rows + 127) / 128 * tiles * 512];
    byte[] codes = new byte[values.length];
    float[] largest = largest(values, block);
    float whole = 0.01f;
    for (int i = 0; i < largest.length; i++) {
      int row = i / (columns / block);
      int column = i % (columns / block);
      int place =
          (row / 128 * tiles + column / 4) * 512 + row % 32 * 16 + row % 128 / 32 * 4 + column % 4;
      float scale;
      if (nvfp4) {
        scales[place] = code(largest[i] / 6 / whole, E4M3);
        scale = E4M3[scales[place] & 0xff] * whole;
      } else {
        scales[place] = (byte) (127 + Math.getExponent(largest[i]) - 8);
        scale = Math.scalb(1f, Math.getExponent(largest[i]) - 8);
      }
      for (int k = i * block; k < (i + 1) * block; k++) {
        codes[k] = code(scale == 0 ? 0 : values[k] / scale, nvfp4 ? E2M1 : E4M3);
      }
    }
    List<Long> shape = List.of((long) rows, nvfp4 ? columns / 2L : columns);
    bytes(entry.name(), nvfp4 ? DType.U8 : DType.F8_E4M3, shape, nvfp4 ? pairs(codes) : codes);
    bytes(layer + ".weight_scale", DType.U8, List.of((long) scales.length), scales);
    if (nvfp4) {
      writer.tensor(layer + ".weight_scale_2", List.of(), new float[] {whole}, DType.F32);
    }
    note(layer, "{\"format\": \"" + layout.format + "\"}");
  }

  private void nf4(TensorEntry entry, float[] values) {
    float[] largest = largest(values, 64);
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      codes[i] = code(values[i] / largest[i / 64], NF4);
    }
    String name = entry.name();
    byte[] pairs = pairs(codes);
    bytes(name, DType.U8, List.of((long) pairs.length, 1L), pairs);
    writer.tensor(name + ".absmax", List.of((long) largest.length), largest, DType.F32);
    writer.tensor(name + ".quant_map", List.of(16L), NF4, DType.F32);
    text(
        name + ".quant_state.bitsandbytes__nf4",
        "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"bfloat16\", \"shape\": %s}"
            .formatted(entry.shape()));
  }

  private static byte[] pairs(byte[] codes) {
    byte[] pairs = new byte[(codes.length + 1) / 2];
    for (int i = 0; i < codes.length; i++) {
      pairs[i / 2] |= (byte) (i % 2 == 0 ? codes[i] << 4 : codes[i]);
    }
    return pairs;
  }

  /** Returns the largest magnitude of each block; 1 if all are 0. */
  private static float[] largest(float[] values, int block) {
    float[] largest = new float[(values.length + block - 1) / block];
    for (int i = 0; i < values.length; i++) {
      largest[i / block] = Math.max(largest[i / block], Math.abs(values[i]));
    }
    for (int i = 0; i < largest.length; i++) {
      largest[i] = largest[i] == 0 ? 1 : largest[i];
    }
    return largest;
  }

  private static byte[] codes(float[] values) {
    byte[] codes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      codes[i] = code(values[i], E4M3);
    }
    return codes;
  }

  private static byte code(float value, float[] table) {
    int best = 0;
    for (int code = 1; code < table.length; code++) {
      if (Math.abs(table[code] - value) < Math.abs(table[best] - value)) {
        best = code;
      }
    }
    return (byte) best;
  }

  private void note(String layer, String json) {
    text(layer + ".comfy_quant", json);
  }

  private void text(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    bytes(name, DType.U8, List.of((long) bytes.length), bytes);
  }

  private void bytes(String name, DType dtype, List<Long> shape, byte[] bytes) {
    writer.tensor(name, dtype, shape, out -> out.write(ByteBuffer.wrap(bytes)));
  }
}
