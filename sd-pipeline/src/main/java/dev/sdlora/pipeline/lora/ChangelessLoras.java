package dev.sdlora.pipeline.lora;

import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.lora.effect.RoundingMeter;
import dev.sdlora.lora.effect.RoundingMeter.Rounding;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.pipeline.lora.LoraPlans.Fit;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds requested LoRAs that change nothing. The contents of a file and the effect of rounding are
 * examined once. Safe for use by several threads.
 */
public final class ChangelessLoras {
  /**
   * The minimum similarity between the intended change of weights and the change after rounding. In
   * bfloat16, LoRAs that change the demo model's weights by 8 and 12 % of their norm reach this at
   * strength 0.01.
   */
  private static final double LEAST_LIKENESS = 0.5;

  /** The number of combinations of file and strength whose rounding is cached. */
  private static final int REMEMBERED = 1 << 10;

  private final LoraFiles files;
  private final RoundingMeter meter;
  private final Map<Network, LiveWeights> weights;
  private final Map<Known, Optional<Rounding>> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Known, Optional<Rounding>> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** A file's content and its strength. */
  private record Known(String hash, LoraStrength strength) {}

  /**
   * Creates an empty cache.
   *
   * @param weights the weights that LoRAs can change
   */
  public ChangelessLoras(LoraFiles files, Torch torch, Map<Network, LiveWeights> weights) {
    this.files = files;
    this.meter = new RoundingMeter(torch);
    this.weights = Map.copyOf(weights);
  }

  /**
   * Returns the warning that a LoRA changes nothing, judged by its file and its strengths.
   *
   * @return empty if the LoRA has an effect, or is off
   * @throws dev.sdlora.api.error.TensorFileException if the file cannot be read or has changed
   */
  public Optional<String> warning(Fit fit) {
    LoraStrength strength = fit.use().strength();
    if (strength.textEncoder() == 0 && strength.unet().peak() == 0) {
      return Optional.empty();
    }
    String name = "LoRA '" + fit.use().name() + "' changes nothing: ";
    if (files.isChangeless(fit.use().file())) {
      return Optional.of(
          name
              + "in each of its "
              + fit.use().file().modules().size()
              + " modules, a factor is zero (effect norm 0), as in a file that was saved before training");
    }
    return fit.peak().equals(PatchPlan.NONE)
        ? Optional.of(
            name
                + "all its "
                + fit.match().matched()
                + " layers have a strength of 0 in "
                + strength.tagArguments()
                + " (effect norm 0)")
        : Optional.empty();
  }

  /**
   * Returns the warning that rounding to the dtype of the weights loses the change of a LoRA.
   *
   * @param fit a LoRA that is patched into the weights
   * @return empty if most of the change remains, or the weights are not rounded
   * @throws dev.sdlora.api.error.TensorFileException if a file cannot be read or has changed
   */
  public Optional<String> lostByRounding(Fit fit) {
    if (weights.values().stream().allMatch(live -> live.type() == ScalarType.FLOAT32)) {
      return Optional.empty();
    }
    Known key = new Known(files.hash(fit.use().file()), fit.use().strength());
    Optional<Rounding> rounding;
    synchronized (known) {
      rounding = known.computeIfAbsent(key, unseen -> meter.measure(fit.peak(), weights));
    }
    return rounding
        .filter(found -> found.likeness() < LEAST_LIKENESS)
        .map(found -> sentence(fit, found));
  }

  private static String sentence(Fit fit, Rounding found) {
    return String.format(
        Locale.ROOT,
        "LoRA '%s' at %s is lost in rounding: it should change the weights by %.2g %% of their norm, but in this precision only %.2g %% of them change, with a similarity of %.2f to the intended change (1 is equal); use LoraMode.OVERLAY (--lora-mode overlay) or float32 to keep it",
        fit.use().name(),
        fit.use().strength().tagArguments(),
        100 * found.relative(),
        100 * found.moved(),
        found.likeness());
  }
}
