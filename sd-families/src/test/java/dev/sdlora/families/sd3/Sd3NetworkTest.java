package dev.sdlora.families.sd3;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.Families;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork;
import dev.sdlora.families.network.AddedConditions;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import dev.sdlora.testkit.TinyTransformers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares the transformers of Stable Diffusion 3 and 3.5 to diffusers in float64. */
class Sd3NetworkTest {
  private static final DenoiserTensors TENSORS = Families.of(ModelFamily.SD3).denoiser();

  private static final Path FOLDER =
      GoldenTensors.folder("/dev/sdlora/families").resolve("transformer/sd3");
  private static final TensorFile GOLDEN = TensorFile.open(FOLDER.resolve("golden.safetensors"));

  private static NDArray tensor(String name, NDManager scope) {
    try (TensorFile.Reader reader = GOLDEN.reader()) {
      var entry = GOLDEN.find(name).orElseThrow();
      long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
      return Torch.floats(scope, reader.floats(entry), shape);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sd3.a, 2, false", "sd3.b, 1, false", "sd3.a, 2, true",
    "sd35.a, 2, false", "sd35.b, 1, false", "sd35.b, 1, true"
  })
  void predict_isDiffusers(String name, int rows, boolean packed) {
    Path file =
        name.startsWith("sd35") ? TinyTransformers.sd35Medium() : TinyTransformers.sd3Medium();
    NetworkWeights weights = NetworkWeights.at(file);
    String sign =
        weights.names().stream()
            .filter(each -> each.contains("joint_blocks."))
            .findFirst()
            .orElseThrow();
    StoredNetwork stored = TENSORS.in(weights, sign);
    Map<String, Origin> origins = stored.resolve(TENSORS.wanted(stored, MissingNode.getInstance()));
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    origins.forEach((key, origin) -> shapes.put(key, origin.shape()));
    Sd3Config config = Sd3Config.of(shapes);
    assertThat(config.weights()).isEqualTo(shapes);
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      Map<String, Packing> packings = packed ? config.linear() : Map.of();
      LiveWeights live =
          LiveWeights.load(torch, new TensorLoader(torch), origins, ScalarType.FLOAT32, packings);
      NDIndex some = new NDIndex("0:" + rows);
      NDArray sigmas = tensor(name + ".timestep", scope).div(1000);
      float[] found =
          config
              .network(torch, live)
              .predict(
                  new DiffusionTransformer.Input(
                      tensor(name + ".sample", scope),
                      sigmas,
                      tensor("context", scope).get(some),
                      List.of(),
                      List.of(),
                      new AddedConditions(
                          tensor("pooled", scope).get(some),
                          Torch.floats(scope, new float[0], rows, 0))),
                  scope)
              .toFloatArray();
      assertCloseToScale(found, tensor(name + ".out", scope).toFloatArray(), 2e-5);
    }
  }
}
