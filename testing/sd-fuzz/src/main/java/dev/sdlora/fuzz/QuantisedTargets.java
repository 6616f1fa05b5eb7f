package dev.sdlora.fuzz;

import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Descriptions of quantised weights, in files whose tensors are otherwise in order. */
final class QuantisedTargets {
  /** The most elements read of a tensor, however large it claims to be. */
  private static final int READ_ELEMENTS = 1 << 12;

  private QuantisedTargets() {}

  static List<Target> all() {
    return List.of(
        new Target("quantised", Set.of(TensorFileException.class), QuantisedTargets::read));
  }

  /** Reads a description in every place in which a file may have one. */
  private static void read(byte[] json) throws IOException {
    TensorFileException refusal = null;
    int read = 0;
    for (DType dtype : List.of(DType.F8_E4M3, DType.I8, DType.U8)) {
      for (Place place : Place.values()) {
        try {
          read(file(json, dtype, place));
          read++;
        } catch (TensorFileException e) {
          refusal = e;
        }
      }
    }
    if (read == 0 && refusal != null) {
      throw refusal;
    }
  }

  private enum Place {
    TENSOR,
    METADATA,
    STATE
  }

  private static Path file(byte[] json, DType dtype, Place place) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    switch (place) {
      case TENSOR -> bytes(writer, "a.comfy_quant", DType.U8, json);
      case METADATA ->
          writer.metadata("_quantization_metadata", new String(json, StandardCharsets.UTF_8));
      case STATE -> bytes(writer, "a.weight.quant_state.bitsandbytes__nf4", DType.U8, json);
    }
    boolean state = place == Place.STATE;
    byte[] codes = new byte[state ? 512 : 16 * 64];
    Arrays.fill(codes, (byte) 0x31);
    writer.tensor(
        "a.weight",
        dtype,
        state ? List.of(512L, 1L) : List.of(16L, 64L),
        out -> out.write(ByteBuffer.wrap(codes)));
    if (state) {
      writer
          .tensor("a.weight.absmax", List.of(16L), new float[16], DType.F32)
          .tensor("a.weight.quant_map", List.of(16L), new float[16], DType.F32);
    } else {
      boolean blocks = dtype == DType.U8;
      if (blocks) {
        bytes(writer, "a.weight_scale", DType.U8, new byte[1024]);
      } else {
        writer.tensor("a.weight_scale", List.of(16L, 1L), new float[16], DType.F32);
      }
      writer.tensor("a.weight_scale_2", List.of(), new float[] {1}, DType.F32);
    }
    Path target = Scratch.file("quantised.safetensors", new byte[0]);
    writer.write(target);
    return target;
  }

  private static void bytes(SafetensorsWriter writer, String name, DType dtype, byte[] bytes) {
    writer.tensor(
        name, dtype, List.of((long) bytes.length), out -> out.write(ByteBuffer.wrap(bytes)));
  }

  private static void read(Path path) {
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry tensor : file.tensors().values()) {
        reader.floats(tensor, 0, (int) Math.min(READ_ELEMENTS, tensor.elements()));
      }
    }
  }
}
