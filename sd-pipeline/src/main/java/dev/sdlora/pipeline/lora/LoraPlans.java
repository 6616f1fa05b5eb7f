package dev.sdlora.pipeline.lora;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Moment;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.pipeline.hypernetwork.Hypernetwork;
import dev.sdlora.pipeline.lora.WeightGate.LeaseRequest;
import dev.sdlora.pipeline.lora.WeightGate.LeaseTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The changes of a request's LoRAs, in total and at each step. Immutable, compared by identity. */
public final class LoraPlans {
  private final Function<LoraUse, PatchPlan> planner;
  private final LoraMode mode;
  private final boolean lenient;
  private final List<Fit> fits;
  private final List<PatchPlan> first;
  private final LeaseRequest lease;
  private final List<Hypernetwork> hypernetworks;
  private final List<String> warnings;

  /**
   * A LoRA matched to the checkpoint.
   *
   * @param use the LoRA with its strengths
   * @param peak its changes at its peak strength
   * @param match the modules that belong to a layer
   * @param mask the region to which it applies; empty for the whole image
   */
  public record Fit(LoraUse use, PatchPlan peak, Match match, Optional<RegionMask> mask) {}

  /**
   * Creates the plans of matched LoRAs.
   *
   * @param planner plans a LoRA for the checkpoint, at a strength other than its peak
   * @param mode the requested mode
   * @param lenient whether LoRAs that cannot be used are skipped
   * @param hypernetworks the hypernetworks to apply in addition, in order
   * @param warnings the warnings about skipped LoRAs and others
   */
  public LoraPlans(
      Function<LoraUse, PatchPlan> planner,
      LoraMode mode,
      boolean lenient,
      List<Fit> fits,
      List<Hypernetwork> hypernetworks,
      List<String> warnings) {
    this.planner = planner;
    this.mode = mode;
    this.lenient = lenient;
    this.fits = List.copyOf(fits);
    this.first = changes(Moment.START);
    this.lease = lease();
    this.hypernetworks = List.copyOf(hypernetworks);
    this.warnings = List.copyOf(warnings);
  }

  /** Whether LoRAs that cannot be used are skipped. */
  public boolean isLenient() {
    return lenient;
  }

  /** Whether nothing is applied, and nothing is said about it. */
  public boolean isNone() {
    return fits.isEmpty() && hypernetworks.isEmpty() && warnings.isEmpty();
  }

  /** Returns the LoRAs, in order. */
  public List<Fit> fits() {
    return fits;
  }

  /** Returns the files, in order. */
  public List<LoraFile> files() {
    return fits.stream().map(fit -> fit.use.file()).toList();
  }

  /** Returns the hypernetworks to apply in addition to the LoRAs, in order. */
  public List<Hypernetwork> hypernetworks() {
    return hypernetworks;
  }

  /** Returns a separate plan for each LoRA, in order. */
  public List<LoraPlans> oneByOne() {
    return fits.stream()
        .map(fit -> new LoraPlans(planner, mode, lenient, List.of(fit), List.of(), List.of()))
        .toList();
  }

  /**
   * Returns a copy without some LoRAs.
   *
   * @param failed the causes of failure, by the index of the LoRA to remove
   */
  public LoraPlans without(Map<Integer, StableDiffusionException> failed) {
    List<Fit> kept = new ArrayList<>();
    List<String> all = new ArrayList<>(warnings);
    for (int i = 0; i < fits.size(); i++) {
      StableDiffusionException cause = failed.get(i);
      if (cause == null) {
        kept.add(fits.get(i));
      } else {
        all.add(leftOut(cause));
      }
    }
    return new LoraPlans(planner, mode, lenient, kept, hypernetworks, all);
  }

  /** Returns the weights needed in the first step. */
  public LeaseRequest leaseRequest() {
    return lease;
  }

  private LeaseRequest lease() {
    PatchPlan patched = PatchPlan.joined(first).ofWeights();
    PatchPlan patchedOnly = patched.where((weight, change) -> !Overlays.canOverlay(weight, change));
    boolean restChanges = isScheduled() && fits.stream().anyMatch(LoraPlans::changesUnpatched);
    return new LeaseRequest(
        masks().isEmpty() ? mode : LoraMode.OVERLAY,
        new LeaseTerms(patched, isScheduled()),
        new LeaseTerms(patchedOnly, restChanges));
  }

  /**
   * Returns the changes that are patched into weights if the LoRAs are applied in their mode; those
   * of all LoRAs in {@link LoraMode#AUTO}.
   */
  public PatchPlan patched() {
    return (lease.mode() == LoraMode.OVERLAY ? lease.overlaid() : lease.patched()).plan();
  }

  /** Whether a LoRA is scheduled and has changes that cannot be overlaid. */
  private static boolean changesUnpatched(Fit fit) {
    return !fit.use.strength().unet().isConstant() && !isOverlaidWhole(fit);
  }

  private static boolean isOverlaidWhole(Fit fit) {
    return fit.peak
        .where((weight, change) -> !Overlays.canOverlay(weight, change))
        .equals(PatchPlan.NONE);
  }

  /** Whether any LoRA has a different strength in the hires pass. */
  public boolean changeInHires() {
    return fits.stream().anyMatch(fit -> fit.use.strength().changesInHires());
  }

  /** Whether any strength changes between model calls. */
  public boolean isScheduled() {
    return fits.stream().anyMatch(fit -> !fit.use.strength().unet().isConstant());
  }

  /** Returns the distinct regions of the LoRAs. They are numbered from 1 in this order. */
  public List<RegionMask> masks() {
    return fits.stream().flatMap(fit -> fit.mask.stream()).distinct().toList();
  }

  /** Returns the region of each LoRA; 0 for the whole image. */
  public List<Integer> regions() {
    List<RegionMask> masks = masks();
    return fits.stream()
        .map(fit -> fit.mask.map(mask -> masks.indexOf(mask) + 1).orElse(0))
        .toList();
  }

  /**
   * Returns the changes of the LoRAs that apply to the text of a region, with the strengths of the
   * first step. Text encoders use them in all steps.
   */
  public PatchPlan plan(int region) {
    List<Integer> regions = regions();
    return PatchPlan.joined(
        IntStream.range(0, fits.size())
            .filter(i -> regions.get(i) == 0 || regions.get(i) == region)
            .mapToObj(first::get)
            .toList());
  }

  /** Returns the changes of all LoRAs at a moment, without those of weights that they add. */
  public PatchPlan plan(Moment moment) {
    return PatchPlan.joined(changes(moment)).ofWeights();
  }

  /** Returns the changes of each LoRA at a moment; those at its peak are known. */
  private List<PatchPlan> changes(Moment moment) {
    List<PatchPlan> changes = new ArrayList<>();
    for (Fit fit : fits) {
      LoraUse use = fit.use.at(moment);
      changes.add(use.equals(fit.use.peak()) ? fit.peak : planner.apply(use));
    }
    return changes;
  }

  /** Returns the LoRA that makes the denoiser read a control image, if one does. */
  public Optional<Fit> control() {
    return fits.stream()
        .filter(fit -> !fit.peak.ofAddedWeights().equals(PatchPlan.NONE))
        .findFirst();
  }

  /** Returns the changes at a moment that cannot be overlaid. */
  public PatchPlan patchedOnly(Moment moment) {
    return plan(moment).where((weight, change) -> !Overlays.canOverlay(weight, change));
  }

  /** Returns the changes of each LoRA at its peak strength. */
  public List<PatchPlan> peaks() {
    return fits.stream().map(Fit::peak).toList();
  }

  /** Returns the strength of each LoRA in the U-Net at a moment, as a fraction of its peak. */
  public double[] shares(Moment moment) {
    return fits.stream()
        .map(fit -> fit.use.strength().unet())
        .mapToDouble(unet -> unet.peak() == 0 ? 0 : moment.strength(unet) / unet.peak())
        .toArray();
  }

  /** Returns the warnings. */
  public List<String> warnings() {
    return warnings;
  }

  /** Returns the warning about a skipped LoRA. */
  public static String leftOut(StableDiffusionException cause) {
    return cause.getMessage() + "; it was skipped";
  }
}
