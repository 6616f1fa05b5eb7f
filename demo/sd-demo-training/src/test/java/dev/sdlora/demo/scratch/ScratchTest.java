package dev.sdlora.demo.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.scratch.DenoiserTrainer.Emphasis;
import dev.sdlora.demo.scratch.DenoiserTrainer.Settings;
import dev.sdlora.demo.scratch.TextEncoderTrainer.Named;
import dev.sdlora.demo.scratch.TextEncoderTrainer.Text;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.ScalarType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks trained from nothing for a few steps. */
final class ScratchTest {
  private static final VaeConfig VAE = new VaeConfig(List.of(32, 32, 32, 32), 1, 4, 0.18215);
  private static final ClipConfig CLIP = new ClipConfig(64, 1, 1, 64, 49_408, 77);
  private static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(32, 32), 1, List.of(0, 1), 1, 8, 64, false);
  private static final int SIDE = 32;

  private static final Emphasis ALL = new Emphasis(0, 2, 0.3, 6);
  private static final Emphasis LAST = new Emphasis(999, 2, 0.3, 6);

  @TempDir Path folder;

  @Test
  void autoencoder_learns_andResumesWhereItWas() {
    float[] pixels = halves(2);
    try (AutoencoderTrainer whole = new AutoencoderTrainer(VAE, 3);
        AutoencoderTrainer broken = new AutoencoderTrainer(VAE, 3);
        AutoencoderTrainer resumed = new AutoencoderTrainer(VAE, 3)) {
      double first = whole.step(pixels, 2, SIDE, 2e-3);
      double last = first;
      for (int step = 1; step < 30; step++) {
        last = whole.step(pixels, 2, SIDE, 2e-3);
      }
      assertThat(last).isLessThan(0.8 * first);

      Path state = folder.resolve("state.safetensors");
      for (int step = 0; step < 15; step++) {
        broken.step(pixels, 2, SIDE, 2e-3);
      }
      broken.save(state);
      resumed.resume(state);
      assertThat(resumed.step()).isEqualTo(15);
      while (resumed.step() < 30) {
        resumed.step(pixels, 2, SIDE, 2e-3);
      }
      whole
          .result()
          .forEach((name, values) -> assertThat(resumed.result()).containsEntry(name, values));
    }
  }

  @Test
  void decoderAlone_learnsAndLeavesTheEncoder() {
    float[] pixels = halves(1);
    try (AutoencoderTrainer vae = new AutoencoderTrainer(VAE, 3);
        AutoencoderTrainer trainer = new AutoencoderTrainer(VAE, 4)) {
      trainer.startFrom(vae.result());
      float[] moments = vae.encode(pixels, 1, SIDE);
      float[] latent = Arrays.copyOf(moments, moments.length / 2);
      double first = trainer.stepDecoder(latent, pixels, SIDE, 2e-3);
      double last = first;
      for (int step = 1; step < 30; step++) {
        last = trainer.stepDecoder(latent, pixels, SIDE, 2e-3);
      }
      assertThat(last).isLessThan(0.8 * first);
      assertThat(trainer.encode(pixels, 1, SIDE)).isEqualTo(moments);
      assertThat(trainer.decode(latent, 1, SIDE)).isNotEqualTo(vae.decode(latent, 1, SIDE));
    }
  }

  @Test
  void latentScaling_changesLatentsAndNotPictures() {
    float[] pixels = halves(1);
    try (AutoencoderTrainer trainer = new AutoencoderTrainer(VAE, 4)) {
      float[] moments = trainer.encode(pixels, 1, SIDE);
      float[] latent = Arrays.copyOf(moments, moments.length / 2);
      LatentScaling scaling = LatentScaling.of(new float[][] {latent}, 4, VAE.latentScale());
      float[] unit = scaling.unit(latent, VAE.latentScale());
      assertThat(mean(unit, 0, unit.length / 4)).isCloseTo(0, within(1e-5));

      Map<String, float[]> changed = scaling.applyTo(trainer.result());
      float[] scaled = new float[unit.length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (float) (unit[i] / VAE.latentScale());
      }
      // Around the latent there are only two matrices, so they can be compared without a network.
      assertThat(afterPostQuant(scaled, changed))
          .usingComparatorWithPrecision(1e-3f)
          .containsExactly(afterPostQuant(latent, trainer.result()));
    }
  }

  @Test
  void textEncoder_learnsWhatTextsMean_andResumesWhereItWas() {
    List<Text> texts =
        List.of(
            text(tokens(320), new float[] {1, 0}, new float[] {1}),
            text(tokens(2368), new float[] {0, 1}, new float[] {-1}));
    try (TextEncoderTrainer whole =
            new TextEncoderTrainer(CLIP, 2, 1, 3, 1, ScalarType.FLOAT32, 2, 6);
        TextEncoderTrainer broken =
            new TextEncoderTrainer(CLIP, 2, 1, 3, 1, ScalarType.FLOAT32, 2, 6);
        TextEncoderTrainer resumed =
            new TextEncoderTrainer(CLIP, 2, 1, 3, 1, ScalarType.FLOAT32, 2, 6)) {
      double first = whole.step(texts, 3e-3);
      double last = first;
      for (int step = 1; step < 30; step++) {
        last = whole.step(texts, 3e-3);
      }
      assertThat(last).isLessThan(first / 10);

      Path state = folder.resolve("text.safetensors");
      for (int step = 0; step < 15; step++) {
        broken.step(texts, 3e-3);
      }
      broken.save(state);
      resumed.resume(state);
      while (resumed.step() < 30) {
        resumed.step(texts, 3e-3);
      }
      assertThat(resumed.result().keySet()).isEqualTo(CLIP.weights().keySet());
      whole
          .result()
          .forEach((name, values) -> assertThat(resumed.result()).containsEntry(name, values));
    }
  }

  /** A text of one noun. */
  private static Text text(int[] ids, float[] description, float[] appearance) {
    return new Text(
        ids,
        2,
        description,
        List.of(new Named(1, appearance)),
        new float[] {appearance[0], 0.5f, 1});
  }

  private static Map<String, float[]> textEncoder() {
    try (TextEncoderTrainer trainer =
        new TextEncoderTrainer(CLIP, 2, 0, 0, 0, ScalarType.FLOAT32, 1, 5)) {
      return trainer.result();
    }
  }

  @Test
  void denoiser_learns_andItsCheckpointDraws() {
    float[] latents = new float[2 * 4 * 4 * 4];
    Arrays.fill(latents, 0, latents.length / 2, 1);
    int[][] ids = {tokens(320), tokens(2368)};
    Path file = folder.resolve("tiny.safetensors");
    Map<String, float[]> text = textEncoder();
    try (DenoiserTrainer trainer = new DenoiserTrainer(CLIP, text, UNET, Settings.PLAIN, 5);
        AutoencoderTrainer vae = new AutoencoderTrainer(VAE, 5)) {
      double first = 0;
      double last = 0;
      for (int step = 0; step < 40; step++) {
        double loss = trainer.step(latents, ids, 4, ALL, 3e-3);
        first += step < 10 ? loss / 10 : 0;
        last += step >= 30 ? loss / 10 : 0;
      }
      assertThat(last).isLessThan(0.9 * first);
      new CheckpointWriter()
          .textEncoder(CLIP, text)
          .unet(UNET, trainer.result())
          .vae(VAE, vae.result())
          .write(file);
    }
    try (Pipeline pipeline =
        Pipeline.builder().precision(Precision.FLOAT32).checkpoint(Checkpoint.open(file)).build()) {
      PromptSpec spec = PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).build();
      assertThat(pipeline.generate(spec).first().rgb()).hasSize(3 * 64 * 64);
    }
  }

  /** Two threads compute the same as one, except for the order of sums. */
  @Test
  void denoiser_onTwoThreads_learnsTheSame() {
    float[] latents = new float[4 * 4 * 4 * 4];
    Arrays.fill(latents, 0, latents.length / 2, 1);
    int[][] ids = {tokens(320), tokens(2368), tokens(320), tokens(2368)};
    Map<String, float[]> text = textEncoder();
    Settings two = new Settings(ScalarType.FLOAT32, 2, null);
    try (DenoiserTrainer alone = new DenoiserTrainer(CLIP, text, UNET, Settings.PLAIN, 5);
        DenoiserTrainer shared = new DenoiserTrainer(CLIP, text, UNET, two, 5)) {
      for (int step = 0; step < 3; step++) {
        double loss = alone.step(latents, ids, 4, ALL, 1e-3);
        assertThat(shared.step(latents, ids, 4, ALL, 1e-3)).isCloseTo(loss, withinPercentage(0.1));
      }
      Map<String, float[]> found = shared.latest();
      alone
          .latest()
          .forEach(
              (name, values) ->
                  assertThat(found.getOrDefault(name, new float[0]))
                      .as(name)
                      .usingComparatorWithPrecision(2e-3f)
                      .containsExactly(values));
    }
  }

  @Test
  void denoiser_thatLearnsWhatIsWhere_givesAUNetOfTheUsualOutputs() {
    float[] latents = new float[2 * 4 * 4 * 4];
    int[][] ids = {tokens(320), tokens(2368)};
    Settings taught = new Settings(ScalarType.FLOAT32, 2, texts -> new float[texts.length * 64]);
    try (DenoiserTrainer trainer = new DenoiserTrainer(CLIP, textEncoder(), UNET, taught, 5)) {
      double first = trainer.step(latents, ids, 4, LAST, 3e-3);
      double last = first;
      for (int step = 1; step < 20; step++) {
        last = trainer.step(latents, ids, 4, LAST, 3e-3);
      }
      assertThat(last).isLessThan(first);
      UNET.weights()
          .forEach(
              (name, shape) ->
                  assertThat(trainer.result().getOrDefault(name, new float[0]))
                      .as(name)
                      .hasSize(
                          (int)
                              shape.stream()
                                  .mapToLong(Long::longValue)
                                  .reduce(1, Math::multiplyExact)));
    }
  }

  @Test
  void storedLatents_knowTheirPictures() {
    Path file = folder.resolve("latents.safetensors");
    StoredLatents.write(file, "cats", new float[2 * 4 * 4 * 4], 4, VAE, DType.F16);
    assertThat(StoredLatents.isOf("cats", file)).isTrue();
    assertThat(StoredLatents.isOf("dogs", file)).isFalse();
    assertThat(StoredLatents.read(file, 2, VAE).size()).isEqualTo(2);
  }

  /** Images that are dark on the left and bright on the right. */
  private static float[] halves(int count) {
    float[] pixels = new float[count * 3 * SIDE * SIDE];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) ((i % SIDE < SIDE / 2 ? -0.8 : 0.8) + 0.1 * random.nextDouble());
    }
    return pixels;
  }

  private static int[] tokens(int word) {
    int[] ids = new int[77];
    Arrays.fill(ids, 49_407);
    ids[0] = 49_406;
    ids[1] = word;
    return ids;
  }

  private static double mean(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum / (to - from);
  }

  private static float[] afterPostQuant(float[] latent, Map<String, float[]> weights) {
    float[] matrix = weights.getOrDefault("post_quant_conv.weight", new float[0]);
    float[] bias = weights.getOrDefault("post_quant_conv.bias", new float[0]);
    int area = latent.length / 4;
    float[] out = new float[latent.length];
    for (int c = 0; c < 4; c++) {
      for (int p = 0; p < area; p++) {
        float sum = bias[c];
        for (int k = 0; k < 4; k++) {
          sum += matrix[4 * c + k] * latent[k * area + p];
        }
        out[c * area + p] = sum;
      }
    }
    return out;
  }
}
