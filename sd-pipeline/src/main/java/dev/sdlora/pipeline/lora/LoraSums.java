package dev.sdlora.pipeline.lora;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.model.BlockChange;
import dev.sdlora.lora.effect.SumEstimate;
import dev.sdlora.lora.plan.Moment;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.lora.LoraPlans.Fit;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of LoRAs whose sum changes a block of the networks so much that images degrade. Safe for
 * use by several threads.
 */
public final class LoraSums {
  private static final Logger LOG = LoggerFactory.getLogger(LoraSums.class);

  /** The number of sampled points along the steps for strengths that change. */
  private static final int PLACES = 16;

  /** The maximum and minimum noise levels of Stable Diffusion's training. */
  private static final double MOST_NOISE = 14.6;

  private static final double LEAST_NOISE = 0.03;

  private final SumEstimate estimate;

  /**
   * Creates an empty cache.
   *
   * @param weights the weights that LoRAs can change
   */
  public LoraSums(Map<Network, LiveWeights> weights) {
    Map<Network, Map<String, Origin>> origins = new EnumMap<>(Network.class);
    weights.forEach((network, live) -> origins.put(network, live.origins()));
    this.estimate = new SumEstimate(origins);
  }

  /**
   * Returns the warning about the LoRAs of a pass, which must have been applied. Empty if a file
   * can no longer be read.
   */
  public Optional<String> warning(LoraPlans loras) {
    if (loras.fits().isEmpty()) {
      return Optional.empty();
    }
    try {
      return farthest(loras).map(block -> sentence(loras.fits(), block));
    } catch (GenerationCancelledException e) {
      throw e;
    } catch (StableDiffusionException e) {
      LOG.debug("cannot estimate the sum of LoRAs", e);
      return Optional.empty();
    }
  }

  private Optional<BlockChange> farthest(LoraPlans loras) {
    List<PatchPlan> peaks = loras.peaks();
    return shares(loras)
        .flatMap(shares -> estimate.of(peaks, shares).stream())
        .filter(block -> LoraConflicts.isHarmful(block))
        .max(Comparator.comparingDouble(BlockChange::relative));
  }

  /** Returns the strength of each LoRA as a fraction of its peak, at points along the steps. */
  private static Stream<double[]> shares(LoraPlans loras) {
    return loras.isScheduled()
        ? IntStream.range(0, PLACES).mapToObj(place -> loras.shares(moment(place)))
        : Stream.of(DoubleStream.generate(() -> 1).limit(loras.fits().size()).toArray());
  }

  /** Returns the moment of a point. Noise falls geometrically, roughly as in common schedules. */
  private static Moment moment(int place) {
    double share = place / (PLACES - 1.0);
    return new Moment(place, PLACES, MOST_NOISE * Math.pow(LEAST_NOISE / MOST_NOISE, share));
  }

  private static String sentence(List<Fit> fits, BlockChange block) {
    String names =
        fits.stream()
            .map(
                fit -> "'%s' (%s)".formatted(fit.use().name(), fit.use().strength().tagArguments()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "%s %s%s block %s of the %s by about %.0f %% of its weights; above about %.0f %%, images"
            + " degrade, so lower %s",
        fits.size() == 1 ? "LoRA" : "LoRAs",
        names,
        fits.size() == 1 ? " changes" : " together change",
        block.name(),
        block.part().label(),
        100 * block.relative(),
        100 * LoraConflicts.HARMFUL_SHARE,
        fits.size() == 1 ? "its weight" : "their weights");
  }
}
