package dev.sdlora.lora.patch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights with 8 bits: every code has the value of its definition and survives a round trip. */
final class Float8WeightsTest {
  private static final String NAME = "layer.weight";
  private static final int SIDE = 300;

  @TempDir Path folder;

  /** More numbers than the engine converts at once, including every finite code. */
  private static byte[] codes(DType dtype) {
    byte[] codes = new byte[SIDE * SIDE];
    new Random(1).nextBytes(codes);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = i < 256 ? (byte) i : codes[i];
      if (!Float.isFinite(value(dtype, codes[i]))) {
        codes[i] = 0;
      }
    }
    return codes;
  }

  private static float value(DType dtype, byte code) {
    return dtype == DType.F8_E4M3 ? Floats.fromFloat8E4m3(code) : Floats.fromFloat8E5m2(code);
  }

  private TensorFile file(DType dtype, float scale, byte[] codes) {
    Path path = folder.resolve("weights.safetensors");
    new SafetensorsWriter()
        .tensor(
            NAME,
            dtype,
            List.of((long) codes.length / SIDE, (long) SIDE),
            out -> out.write(ByteBuffer.wrap(codes)))
        .tensor("layer.scale_weight", List.of(), new float[] {scale}, DType.F32)
        .write(path);
    return TensorFile.open(path);
  }

  private static float rounded(ScalarType type, float value) {
    return type == ScalarType.BFLOAT16 ? Floats.fromBfloat16(Floats.toBfloat16(value)) : value;
  }

  @ParameterizedTest
  @CsvSource({
    "F8_E4M3, FLOAT32, 1", "F8_E5M2, FLOAT32, 1", "F8_E4M3, BFLOAT16, 1",
    "F8_E5M2, BFLOAT16, 1", "F8_E4M3, FLOAT32, 0.0137", "F8_E4M3, BFLOAT16, 0.0137"
  })
  void weights_arePatchedFromTheOriginalAndComeBack(DType dtype, ScalarType type, float scale) {
    byte[] codes = codes(dtype);
    TensorFile file = file(dtype, scale, codes);
    Origin origin =
        new Origin(file, file.find(NAME).orElseThrow(), List.of((long) SIDE, (long) SIDE));
    float[] loaded = new float[codes.length];
    for (int i = 0; i < codes.length; i++) {
      loaded[i] = rounded(type, value(dtype, codes[i]) * scale);
    }
    float[] column = new float[SIDE];
    float[] row = new float[SIDE];
    for (int i = 0; i < SIDE; i++) {
      column[i] = i % 7 - 3;
      row[i] = i % 5 * 0.25f;
    }
    try (Torch torch = Torch.open("cpu");
        LiveWeights live =
            LiveWeights.load(torch, new TensorLoader(torch), Map.of(NAME, origin), type);
        LiveWeights.Writer writer = live.writer()) {
      assertThat(live.values(NAME)).isEqualTo(loaded);
      LowRank change =
          new LowRank(
              Torch.floats(torch.manager(), column, SIDE, 1),
              Torch.floats(torch.manager(), row, 1, SIDE),
              1);
      for (int round = 0; round < 2; round++) {
        writer.patch(Map.of(NAME, List.of(change)));
        float[] patched = live.values(NAME);
        for (int i = 0; i < codes.length; i++) {
          float sum = value(dtype, codes[i]) * scale + column[i / SIDE] * row[i % SIDE];
          assertThat(patched[i]).isEqualTo(rounded(type, sum));
        }
      }
      writer.restore(List.of(NAME));
      assertThat(live.values(NAME)).isEqualTo(loaded);
      try (var scope = torch.scope()) {
        assertThat(writer.original(NAME, scope).toFloatArray()[17])
            .isEqualTo(value(dtype, codes[17]) * scale);
      }
    }
  }
}
