package dev.sdlora.pipeline.preview;

import static dev.sdlora.pipeline.TinyFlow.KLEIN;
import static dev.sdlora.pipeline.TinyFlow.SPEC;
import static dev.sdlora.pipeline.TinyFlow.Z_IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.pipeline.TinyFlow;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests previews of flows by TAEF1 and TAEF2, with random weights. */
class FlowPreviewsTest {
  @TempDir private static Path folder;

  private static Path decoder(int channels, boolean pooled) {
    return new RandomWeights(
            new TinyDecoderConfig(channels, 4, TinyDecoderConfig.BLOCKS, pooled).weights(), 6)
        .write(folder.resolve("decoder" + channels + pooled + ".safetensors"), name -> name);
  }

  @Test
  void generate_previewDecoder_makesPreviewsOfTheFullSize() {
    assertThat(sizes(KLEIN, decoder(KLEIN_CHANNELS, true))).containsOnly("112x80");
    assertThat(sizes(Z_IMAGE, decoder(Z_IMAGE_CHANNELS, false))).containsOnly("112x80");
  }

  private static final int KLEIN_CHANNELS = 32;
  private static final int Z_IMAGE_CHANNELS = 16;

  private static List<String> sizes(TinyFlow model, Path decoder) {
    List<String> sizes = new ArrayList<>();
    try (Pipeline pipeline = model.builder().previewDecoder(decoder).build()) {
      pipeline.generate(
          SPEC.toBuilder().size(112, 80).build(),
          new GenerationListener() {
            @Override
            public void stepEnd(Step step, Supplier<Image> preview) {
              sizes.add(preview.get().width() + "x" + preview.get().height());
            }
          });
    }
    return sizes;
  }

  /**
   * FLUX.2's sampler keeps 2x2 neighbours as four channels; the decoder wants them side by side.
   */
  @Test
  void decode_joinedNeighbours_areSeparatedFirst() {
    Path file = decoder(8, true);
    Random random = new Random(3);
    float[] own = RandomWeights.normal(random, 8 * 4 * 6);
    float[] joined = new float[own.length];
    for (int i = 0; i < own.length; i++) {
      int channel = i / 24;
      int y = i / 6 % 4;
      int x = i % 6;
      joined[((channel * 4 + y % 2 * 2 + x % 2) * 2 + y / 2) * 3 + x / 2] = own[i];
    }
    float[] statistics = new float[32];
    Arrays.fill(statistics, 2);
    VaeConfig klein =
        new VaeConfig(List.of(8, 8, 8, 8), 1, 8, LatentFormat.normalisedBy(statistics, statistics));
    VaeConfig plain = new VaeConfig(List.of(8, 8, 8, 8), 1, 8, 1);
    ImageSize size = new ImageSize(48, 32);
    try (Torch torch = Torch.open("cpu");
        Taesd flux = Taesd.load(file, klein, torch, new TensorLoader(torch));
        Taesd other = Taesd.load(file, plain, torch, new TensorLoader(torch))) {
      assertThat(flux.decode(joined, size, Tiling.NONE))
          .isEqualTo(other.decode(own, size, Tiling.NONE));
    }
  }

  @Test
  void build_decoderOfOtherLatents_isRefusedByName() {
    Path other = decoder(16, false);
    assertThatThrownBy(() -> KLEIN.builder().previewDecoder(other).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "preview decoder '%s' is for latents with 16 channels, but the checkpoint has %s; it is"
                + " probably TAEF1 or TAESD3, but this checkpoint needs TAEF2",
            other, KLEIN_CHANNELS);
  }
}
