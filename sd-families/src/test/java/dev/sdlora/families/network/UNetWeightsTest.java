package dev.sdlora.families.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that the U-Net's program and the list of its weights use the same names. */
@Tag("slow")
class UNetWeightsTest {
  @TempDir private Path folder;

  static Stream<UNetConfig> configs() {
    List<Integer> channels = List.of(32, 64);
    return Stream.of(
        new UNetConfig(4, 4, channels, 1, List.of(1, 0), 1, 8, 24, false),
        new UNetConfig(4, 4, channels, 1, List.of(1, 0), 1, 8, 24, true),
        // With guidance and size inputs, uneven transformers and one block in the middle.
        new UNetConfig(
            4,
            4,
            channels,
            2,
            new Transformers(
                List.of(List.of(0, 1), List.of(2, 0)),
                OptionalInt.of(0),
                List.of(List.of(1, 0, 2), List.of(0, 0, 1))),
            List.of(4, 8),
            24,
            true,
            10,
            6),
        // Without a middle block.
        new UNetConfig(
            4,
            4,
            channels,
            1,
            new Transformers(
                List.of(List.of(1), List.of(1)),
                OptionalInt.empty(),
                List.of(List.of(1, 1), List.of(1, 1))),
            List.of(4, 8),
            24,
            false,
            0,
            0));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void predict_withTheListedWeights_readsAllAndNoOther(UNetConfig config) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope();
        LiveWeights weights =
            new RandomWeights(config.weights(), 5)
                .load(torch, folder.resolve("unet.safetensors"))) {
      UNet unet = new UNet(torch, config, weights);
      Map<String, NDArray> listed = weights.entries();

      // The call fails if the program reads a weight that is not in the list.
      assertThatCode(() -> predict(unet, listed, scope)).doesNotThrowAnyException();
      // A weight that the program does not read could have any shape.
      List<String> unread = new ArrayList<>();
      for (String name : listed.keySet()) {
        Map<String, NDArray> misshapen = new LinkedHashMap<>(listed);
        misshapen.put(name, Torch.floats(scope, new float[1], 1, 1, 1, 1, 1));
        if (catchThrowable(() -> predict(unet, misshapen, scope)) == null) {
          unread.add(name);
        }
      }
      assertThat(unread).isEmpty();
    }
  }

  private static void predict(UNet unet, Map<String, NDArray> weights, NDManager scope) {
    try (TensorDict dict = TensorDict.of(weights)) {
      NDArray latents = Torch.floats(scope, numbers(4 * 8 * 8), 1, 4, 8, 8);
      NDArray context = Torch.floats(scope, numbers(3 * 24), 1, 3, 24);
      NDArray times = Torch.floats(scope, new float[] {500}, 1);
      int vector = unet.config().vectorWidth();
      int guidance = unet.config().guidanceWidth();
      AddedConditions added =
          new AddedConditions(
              Torch.floats(scope, numbers(vector), 1, vector),
              Torch.floats(scope, numbers(guidance), 1, guidance));
      unet.reading(() -> dict)
          .predict(new UNet.Input(latents, times, context, added, Residuals.NONE), scope)
          .close();
    }
  }

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) Math.sin(i);
    }
    return numbers;
  }
}
