package dev.sdlora.families.network;

import static dev.sdlora.testkit.CloseAssert.assertCloseToScale;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that rows that differ only in their text share the layers before it is read. Each row's
 * result equals that in a batch of its own, with residuals and features of other networks per row.
 */
class AlikeRowsTest {
  private static final int ROWS = 3;
  private static final int SIDE = 8;
  private static final double CLOSE = 2e-5;

  @TempDir private Path folder;

  static Stream<UNetConfig> configs() {
    return UNetWeightsTest.configs();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void predict_rowsOfOneLatent_eachAsAlone(UNetConfig config) {
    try (Torch torch = Torch.open("cpu")) {
      RandomWeights weights = new RandomWeights(config.weights(), 5);
      Map<String, Packing> packed = UNetPacking.of(config);
      try (LiveWeights plain = weights.load(torch, folder.resolve("plain"));
          LiveWeights packedWeights =
              weights.load(torch, folder.resolve("packed"), ScalarType.FLOAT32, packed)) {
        for (LiveWeights each : List.of(plain, packedWeights)) {
          assertEachAsAlone(new UNet(torch, config, each));
        }
      }
    }
  }

  private static void assertEachAsAlone(UNet unet) {
    UNetConfig config = unet.config();
    Random random = new Random(3);
    float[] latent = RandomWeights.normal(random, config.inChannels() * SIDE * SIDE);
    float[] time = {500};
    float[] guidance = RandomWeights.normal(random, config.guidanceWidth());
    float[] vector = RandomWeights.normal(random, ROWS * config.vectorWidth());
    float[] context = RandomWeights.normal(random, ROWS * 5 * config.contextWidth());
    float[] block = RandomWeights.normal(random, ROWS);
    float[] together =
        predict(
            unet,
            ROWS,
            repeated(latent),
            repeated(time),
            context,
            vector,
            repeated(guidance),
            block);
    for (int row = 0; row < ROWS; row++) {
      float[] alone =
          predict(
              unet,
              1,
              latent,
              time,
              part(context, row),
              part(vector, row),
              guidance,
              part(block, row));
      assertCloseToScale(part(together, row), alone, CLOSE);
    }
  }

  private static float[] predict(
      UNet unet,
      int rows,
      float[] latents,
      float[] times,
      float[] context,
      float[] vectors,
      float[] guidance,
      float[] block) {
    UNetConfig config = unet.config();
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      // One number for each row, which is broadcast to every output.
      NDArray added = Torch.floats(scope, block, rows, 1, 1, 1);
      NDArray[] blocks = new NDArray[config.branches() + 1];
      NDArray[] levels = new NDArray[config.levels() + 1];
      Arrays.fill(blocks, added);
      Arrays.fill(levels, added);
      return unet.predict(
              new UNet.Input(
                  Torch.floats(scope, latents, rows, config.inChannels(), SIDE, SIDE),
                  Torch.floats(scope, times, rows),
                  Torch.floats(scope, context, rows, 5, config.contextWidth()),
                  new AddedConditions(
                      Torch.floats(scope, vectors, rows, config.vectorWidth()),
                      Torch.floats(scope, guidance, rows, config.guidanceWidth())),
                  new Residuals(List.of(blocks), List.of(levels))),
              scope)
          .toFloatArray();
    }
  }

  private static float[] repeated(float[] row) {
    float[] rows = new float[ROWS * row.length];
    for (int i = 0; i < ROWS; i++) {
      System.arraycopy(row, 0, rows, i * row.length, row.length);
    }
    return rows;
  }

  private static float[] part(float[] rows, int row) {
    int length = rows.length / ROWS;
    return Arrays.copyOfRange(rows, row * length, (row + 1) * length);
  }
}
