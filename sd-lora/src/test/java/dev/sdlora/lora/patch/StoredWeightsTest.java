package dev.sdlora.lora.patch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.StoredFormat;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights that are held as their file stores them are widened while they are patched. */
final class StoredWeightsTest {
  private static final String NAME = "layer.weight";
  private static final long OUT = 96;
  private static final long IN = 300;

  @TempDir Path folder;

  private Map<String, Origin> quantised() {
    byte[] codes = new byte[(int) (OUT * IN)];
    new Random(1).nextBytes(codes);
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Float.isFinite(Floats.fromFloat8E4m3(codes[i])) ? codes[i] : 0;
    }
    Path path = folder.resolve("quantised.safetensors");
    new SafetensorsWriter()
        .tensor(NAME, DType.F8_E4M3, List.of(OUT, IN), out -> out.write(ByteBuffer.wrap(codes)))
        .tensor("layer.scale_weight", List.of(), new float[] {0.0137f}, DType.F32)
        .tensor("layer.bias", List.of(OUT), new float[(int) OUT], DType.F32)
        .write(path);
    return origins(path);
  }

  private Map<String, Origin> floats() {
    Random random = new Random(2);
    float[] values = new float[(int) (OUT * IN)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Path path = folder.resolve("floats.safetensors");
    new SafetensorsWriter()
        .tensor(NAME, List.of(OUT, IN), values, DType.F32)
        .tensor("layer.bias", List.of(OUT), new float[(int) OUT], DType.F32)
        .write(path);
    return origins(path);
  }

  private static Map<String, Origin> origins(Path path) {
    TensorFile file = TensorFile.open(path);
    return Map.of(
        NAME,
        new Origin(file, file.find(NAME).orElseThrow(), List.of(OUT, IN)),
        "layer.bias",
        new Origin(file, file.find("layer.bias").orElseThrow(), List.of(OUT)));
  }

  private static LiveWeights load(
      Torch torch, Map<String, Origin> origins, ScalarType type, StoredFormat format) {
    LiveWeights live =
        LiveWeights.unread(
            torch, new TensorLoader(torch), origins, type, Map.of(), Map.of(NAME, format));
    live.read();
    return live;
  }

  private static LowRank change(Torch torch) {
    float[] column = new float[(int) OUT];
    float[] row = new float[(int) IN];
    for (int i = 0; i < OUT; i++) {
      column[i] = i % 7 - 3;
    }
    for (int i = 0; i < IN; i++) {
      row[i] = i % 5 * 0.25f;
    }
    return new LowRank(
        Torch.floats(torch.manager(), column, OUT, 1),
        Torch.floats(torch.manager(), row, 1, IN),
        1);
  }

  private static Map<String, byte[]> bytes(LiveWeights live) {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    live.entries()
        .forEach(
            (name, tensor) -> {
              if (name.contains(".stored")) {
                bytes.put(name, bytes(tensor));
              }
            });
    return bytes;
  }

  private static byte[] bytes(NDArray tensor) {
    ByteBuffer buffer = tensor.toByteBuffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void patch_ofStoredWeight_holdsItsSumAndRestoresTheBytes(ScalarType type) {
    Map<String, Origin> origins = quantised();
    try (Torch torch = Torch.open("cpu");
        LiveWeights wide = LiveWeights.load(torch, new TensorLoader(torch), origins, type);
        LiveWeights live = load(torch, origins, type, StoredFormat.FP8_E4M3);
        LiveWeights.Writer writer = live.writer();
        LiveWeights.Writer other = wide.writer()) {
      Map<String, byte[]> stored = bytes(live);
      int arrays = torch.liveArrays();
      assertThat(live.entries()).containsOnlyKeys(names(2));
      assertThat(live.isStored()).isTrue();
      assertThat(live.bytes()).isLessThan(wide.bytes());
      for (int round = 0; round < 2; round++) {
        for (float scale : new float[] {1, -0.5f}) {
          LowRank change = change(torch);
          LowRank scaled = new LowRank(change.up(), change.down(), scale);
          writer.patch(Map.of(NAME, List.of(scaled)));
          other.patch(Map.of(NAME, List.of(scaled)));
          change.up().close();
          change.down().close();
          assertThat(live.entries()).containsOnlyKeys(NAME, "layer.bias");
          assertThat(live.values(NAME)).isEqualTo(wide.values(NAME));
          assertThat(live.values("layer.bias")).isEqualTo(wide.values("layer.bias"));
        }
        assertThat(live.patchedBytes(List.of(NAME, "layer.bias")))
            .isEqualTo(
                type.bytes() * OUT * IN
                    - StoredFormat.FP8_E4M3.bytes(Objects.requireNonNull(origins.get(NAME))));
        writer.restore(List.of(NAME));
        assertThat(live.entries()).containsOnlyKeys(names(2));
        assertThat(bytes(live)).usingRecursiveComparison().isEqualTo(stored);
        assertThat(torch.liveArrays()).isEqualTo(arrays);
      }
      live.giveBack();
      live.read();
      assertThat(bytes(live)).usingRecursiveComparison().isEqualTo(stored);
      assertThat(torch.liveArrays()).isEqualTo(arrays);
    }
  }

  private static String[] names(int parts) {
    List<String> names = new java.util.ArrayList<>(List.of("layer.stored", "layer.bias"));
    for (int i = 0; i < parts; i++) {
      names.add("layer.stored." + i);
    }
    return names.toArray(String[]::new);
  }

  @Test
  void read_in8Bits_roundsEachRowOnce() {
    Map<String, Origin> origins = floats();
    try (Torch torch = Torch.open("cpu");
        LiveWeights wide =
            LiveWeights.load(torch, new TensorLoader(torch), origins, ScalarType.FLOAT32);
        LiveWeights live = load(torch, origins, ScalarType.FLOAT32, StoredFormat.INT8)) {
      float[] values = wide.values(NAME);
      float[] held = live.values(NAME);
      for (int row = 0; row < OUT; row++) {
        int first = (int) (row * IN);
        float most = 0;
        for (int i = first; i < first + IN; i++) {
          most = Math.max(most, Math.abs(values[i]));
        }
        for (int i = first; i < first + IN; i++) {
          assertThat(Math.abs(held[i] - values[i])).isLessThanOrEqualTo(most / 127 * 0.5001f);
        }
      }
    }
  }
}
