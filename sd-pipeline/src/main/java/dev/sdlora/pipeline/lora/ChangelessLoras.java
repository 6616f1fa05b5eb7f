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
 * Tells which LoRAs of requests change nothing although they are asked for. What a file holds and
 * what rounding leaves of it is looked at once. Safe for use by several threads.
 */
public final class ChangelessLoras {
  /**
   * Weights whose change is less like the one that was meant do something else. In bfloat16 LoRAs
   * that move the demo model's weights by 8 and 12 % of their norm come to this at strength 0.01.
   */
  private static final double LEAST_LIKENESS = 0.5;

  /** Files at strengths of which it is remembered what rounding leaves. */
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

  /** A file's content and how strongly it acts. */
  private record Known(String hash, LoraStrength strength) {}

  /**
   * Knows nothing yet.
   *
   * @param weights what LoRAs can change
   */
  public ChangelessLoras(LoraFiles files, Torch torch, Map<Network, LiveWeights> weights) {
    this.files = files;
    this.meter = new RoundingMeter(torch);
    this.weights = Map.copyOf(weights);
  }

  /**
   * The warning that a LoRA changes nothing, by its file and its strengths.
   *
   * @return empty if it does something, or is off
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
              + " modules a factor is zero (effect norm 0), as in a file that was saved before it"
              + " was trained");
    }
    return fit.peak().equals(PatchPlan.NONE)
        ? Optional.of(
            name
                + "all its "
                + fit.match().matched()
                + " layers are where its strength "
                + strength.tagArguments()
                + " is 0 (effect norm 0)")
        : Optional.empty();
  }

  /**
   * The warning that what a LoRA does to the weights is lost in their number format.
   *
   * @param fit a LoRA that is patched into the weights
   * @return empty if most of it is left, or they are not rounded
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
        "LoRA '%s' at %s is lost in rounding: it should move the weights by %.2g %% of their norm,"
            + " but in this precision %.2g %% of them become other numbers, whose change has a"
            + " likeness of %.2f to it (1 is the same); LoraMode.OVERLAY (--lora-mode overlay) or"
            + " float32 keeps it",
        fit.use().name(),
        fit.use().strength().tagArguments(),
        100 * found.relative(),
        100 * found.moved(),
        found.likeness());
  }
}
