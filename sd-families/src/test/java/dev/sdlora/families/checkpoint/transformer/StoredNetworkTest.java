package dev.sdlora.families.checkpoint.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.LowRank;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of weights that are parts of stored tensors, in memory. */
final class StoredNetworkTest {
  private static final DenoiserTensors TENSORS = Families.of(ModelFamily.FLUX2).denoiser();

  @TempDir Path folder;

  private Map<String, Origin> weights(SampleNetwork network, String name) {
    TensorFile file = TensorFile.open(network.write(folder.resolve(name)));
    StoredNetwork stored = TENSORS.in(NetworkWeights.of(file), "");
    return stored.resolve(TENSORS.wanted(stored, MissingNode.getInstance()));
  }

  /** A LoRA changes the rows of the network, not those of the file, and leaves no trace. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "BFLOAT16"})
  void patch_partsOfTensors_equalsTheOtherLayoutAndIsRestored(ScalarType type) {
    List<String> names =
        List.of("norm_out.linear.weight", "transformer_blocks.1.attn.add_k_proj.weight");
    Map<String, Origin> diffusers = weights(SampleNetwork.flux2(), "diffusers.safetensors");
    Map<String, Origin> original = weights(SampleNetwork.flux2Original(), "original.safetensors");
    try (Torch torch = Torch.open("cpu");
        LiveWeights expected = LiveWeights.load(torch, new TensorLoader(torch), diffusers, type);
        LiveWeights live = LiveWeights.load(torch, new TensorLoader(torch), original, type);
        LiveWeights.Writer one = expected.writer();
        LiveWeights.Writer other = live.writer()) {
      assertThat(live.size()).isEqualTo(expected.size());
      assertThat(live.shapes()).isEqualTo(expected.shapes());
      for (String name : names) {
        int rows = Objects.requireNonNull(live.shapes().get(name)).get(0).intValue();
        float[] up = new float[rows];
        float[] down = new float[48];
        for (int i = 0; i < rows; i++) {
          up[i] = i - 7;
        }
        for (int i = 0; i < down.length; i++) {
          down[i] = i % 5;
        }
        LowRank change =
            new LowRank(
                Torch.floats(torch.manager(), up, rows, 1),
                Torch.floats(torch.manager(), down, 1, 48),
                0.5);
        float[] before = live.values(name);
        assertThat(before).isEqualTo(expected.values(name));
        one.patch(Map.of(name, List.of(change)));
        other.patch(Map.of(name, List.of(change)));
        assertThat(live.values(name)).isEqualTo(expected.values(name)).isNotEqualTo(before);
        try (var scope = torch.scope()) {
          assertThat(other.original(name, scope).toFloatArray()).isEqualTo(before);
        }
        other.restore(List.of(name));
        assertThat(live.values(name)).isEqualTo(before);
      }
    }
  }

  @Test
  void resolve_fusedTensor_countsEachElementOnce() {
    long expected =
        SampleNetwork.flux2Original().tensors().values().stream()
            .mapToLong(tensor -> tensor.values().size())
            .sum();
    assertThat(
            weights(SampleNetwork.flux2Original(), "original.safetensors").values().stream()
                .mapToLong(origin -> origin.entry().elements())
                .sum())
        .isEqualTo(expected);
  }
}
