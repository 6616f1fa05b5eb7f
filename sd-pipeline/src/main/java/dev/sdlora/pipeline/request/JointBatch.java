package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.pipeline.denoise.BatchedPredictor;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.MaskTag;
import dev.sdlora.prompt.grammar.Subprompt;
import java.util.Optional;

/** How many images of a request are drawn together, and how many rows a call of the U-Net has. */
public final class JointBatch {
  private JointBatch() {}

  /**
   * How many images are drawn together; the last ones may be fewer.
   *
   * @param size of the first pass
   */
  static int images(PromptSpec spec, ImageSize size) {
    if (spec.speedOptions().exactBatches() || !isPlanned(spec)) {
      return 1;
    }
    int wanted =
        spec.speedOptions()
            .batchSize()
            .orElse(Math.max(1, BatchedPredictor.rows(size) / conditions(spec)));
    return Math.min(wanted, spec.images());
  }

  /** Whether all images make the same steps: with DPM adaptive each finds its own. */
  private static boolean isPlanned(PromptSpec spec) {
    Optional<Sampler> second = spec.hiresFix().flatMap(HiresFix::sampler);
    return spec.sampler() != Sampler.DPM_ADAPTIVE
        && second.filter(Sampler.DPM_ADAPTIVE::equals).isEmpty();
  }

  /**
   * How many rows a call of the U-Net has at most: as many as suit the size, or as many as the
   * images need that the caller wants together.
   *
   * @param size of the pass
   */
  public static int rows(PromptSpec spec, ImageSize size) {
    int usual = BatchedPredictor.rows(size);
    int pictures = images(spec, size);
    return spec.speedOptions().batchSize().isPresent() && pictures > 1
        ? Math.max(usual, Math.multiplyExact(pictures, conditions(spec)))
        : usual;
  }

  /** How many conditions each image is drawn under. */
  static int conditions(PromptSpec spec) {
    boolean guided = spec.cfgScale() != 1 || hasMask(spec);
    return Subprompt.split(spec.prompt()).size() + (guided ? 1 : 0);
  }

  /** Whether a side of the prompt acts in a part of the image, beside which is nothing else. */
  private static boolean hasMask(PromptSpec spec) {
    return ExtraNetworks.cut(spec.prompt()).networks().stream()
        .anyMatch(network -> MaskTag.isKind(network.kind()));
  }
}
