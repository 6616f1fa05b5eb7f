package dev.sdlora.training.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.training.data.Batch;
import dev.sdlora.training.data.FlowCaptions;
import dev.sdlora.training.data.TrainingImageSizes;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.step.AdamW;
import dev.sdlora.training.step.Bench;
import dev.sdlora.training.step.FlowNetworks;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares 20 steps with those of {@code train_flow.py}, which trains diffusers' networks in double
 * precision.
 */
class FlowReferenceTest {
  private static final int BATCHES = 4;
  private static final int MEMBERS = 2;
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @EnumSource
  void steps_withEachFamily_areThoseOfDiffusers(FlowGradientTest.Family family) {
    Reference reference = new Reference(family);
    try (FlowBench bench = new FlowBench(family.checkpoint(), 1)) {
      FlowNetworks networks =
          new FlowNetworks(
              bench.torch, bench.model, reference.captions(), TrainingPrecision.FLOAT32, true);
      bench.restart(2);
      Map<String, NDArray> factors = bench.parameters().weights();
      assertThat(factors).hasSize(reference.count("before."));
      factors.forEach((name, tensor) -> Bench.set(tensor, reference.values("before." + name)));
      AdamW optimiser = new AdamW(bench.torch, factors, new AdamW.Settings(0.999, 0.01, 1));
      float[] losses = reference.values("losses");

      for (int step = 0; step < losses.length; step++) {
        Batch batch = reference.batch(step % BATCHES, bench.family.channels());
        try (NDManager scope = bench.torch.scope()) {
          Map<String, NDArray> gradients =
              networks.gradients(
                  batch, bench.parameters().tensors(batch.strengths(), 1, scope), scope);
          assertThat((double) Objects.requireNonNull(gradients.get("loss")).getFloat())
              .as("loss of step " + step)
              .isCloseTo(losses[step], within(TOLERANCE * losses[step]));
          optimiser.step(gradients, 1e-3);
        }
      }

      assertThat(difference(factors, reference)).isLessThan(TOLERANCE);
    }
  }

  /**
   * Returns the difference of all factors from the reference's, as a share of their norm. Single
   * factors can differ by more: AdamW makes steps of one size of all gradients, and so shows the
   * rounding of the smallest.
   */
  private static double difference(Map<String, NDArray> factors, Reference reference) {
    double sum = 0;
    double size = 0;
    for (Map.Entry<String, NDArray> factor : factors.entrySet()) {
      float[] expected = reference.values("after." + factor.getKey());
      float[] found = factor.getValue().toFloatArray();
      for (int i = 0; i < expected.length; i++) {
        sum += Math.pow(found[i] - expected[i], 2);
        size += Math.pow(expected[i], 2);
      }
    }
    return Math.sqrt(sum / size);
  }

  /** The file of a reference. */
  private static final class Reference {
    private final TensorFile file;

    Reference(FlowGradientTest.Family family) {
      String name = family.name().toLowerCase(Locale.ROOT) + ".safetensors";
      try {
        this.file =
            TensorFile.open(
                Path.of(
                    Objects.requireNonNull(FlowReferenceTest.class.getResource(name), name)
                        .toURI()));
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }

    int count(String prefix) {
      return (int) file.tensors().keySet().stream().filter(key -> key.startsWith(prefix)).count();
    }

    float[] values(String name) {
      try (TensorFile.Reader reader = file.reader()) {
        return reader.floats(file.find(name).orElseThrow(() -> new AssertionError(name)));
      }
    }

    List<Long> shape(String name) {
      return file.find(name).orElseThrow().shape();
    }

    FlowCaptions captions() {
      Map<String, Conditioning> texts = new LinkedHashMap<>();
      for (int i = 0; i < count("text."); i++) {
        List<Long> shape = shape("text." + i);
        float[] pooled = count("pooled.") > 0 ? values("pooled." + i) : new float[0];
        texts.put(
            Integer.toString(i),
            new Conditioning(
                values("text." + i),
                Math.toIntExact(shape.get(0)),
                Math.toIntExact(shape.get(1)),
                pooled));
      }
      return new FlowCaptions(texts);
    }

    Batch batch(int index, int channels) {
      List<String> captions = new ArrayList<>();
      List<TrainingImageSizes> sizes = new ArrayList<>();
      for (int member = 0; member < MEMBERS; member++) {
        captions.add(Integer.toString((index + member) % count("text.")));
        sizes.add(TrainingImageSizes.whole(64, 64));
      }
      List<Long> shape = shape("noisy");
      assertThat(shape.get(2)).isEqualTo(channels);
      return new Batch(
          part("noisy", index),
          part("sigmas", index),
          part("target", index),
          values("weights"),
          values("strengths"),
          captions,
          sizes,
          Math.toIntExact(shape.get(3)),
          new float[0],
          new float[0]);
    }

    private float[] part(String name, int index) {
      float[] all = values(name);
      int length = all.length / BATCHES;
      return Arrays.copyOfRange(all, index * length, (index + 1) * length);
    }
  }
}
