package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.families.denoise.BatchedPredictor;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.MaskTag;
import dev.sdlora.prompt.grammar.Subprompt;
import java.util.Optional;

/** Computes how many images of a request are drawn together and how many rows a U-Net call has. */
public final class JointBatch {
  private JointBatch() {}

  /**
   * Returns the number of images that are drawn together; the last batch may be smaller.
   *
   * @param size the size of the first pass
   */
  public static int images(PromptSpec spec, ImageSize size) {
    if (spec.speedOptions().exactBatches() || !isPlanned(spec)) {
      return 1;
    }
    int wanted =
        spec.speedOptions()
            .batchSize()
            .orElse(Math.max(1, BatchedPredictor.rows(size) / conditions(spec)));
    return Math.min(wanted, spec.images());
  }

  /**
   * Whether all images take the same steps. DPM adaptive chooses different steps for each image.
   */
  private static boolean isPlanned(PromptSpec spec) {
    Optional<Sampler> second = spec.hiresFix().flatMap(HiresFix::sampler);
    return spec.sampler() != Sampler.DPM_ADAPTIVE
        && second.filter(Sampler.DPM_ADAPTIVE::equals).isEmpty();
  }

  /**
   * Returns the maximum number of rows in a U-Net call. This is the usual number for the size, or
   * more if the batch size requested by the caller needs more.
   *
   * @param size the size of the pass
   */
  public static int rows(PromptSpec spec, ImageSize size) {
    int usual = BatchedPredictor.rows(size);
    int images = images(spec, size);
    return spec.speedOptions().batchSize().isPresent() && images > 1
        ? Math.max(usual, Math.multiplyExact(images, conditions(spec)))
        : usual;
  }

  /** Returns the number of conditions for each image. */
  static int conditions(PromptSpec spec) {
    boolean guided = spec.cfgScale() != 1 || hasMask(spec);
    return Subprompt.split(spec.prompt()).size() + (guided ? 1 : 0);
  }

  /**
   * Whether a side of the prompt has a mask and therefore needs unconditional guidance outside it.
   */
  private static boolean hasMask(PromptSpec spec) {
    return ExtraNetworks.cut(spec.prompt()).networks().stream()
        .anyMatch(network -> MaskTag.isKind(network.kind()));
  }
}
