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

/**
 * What the LoRAs of a request change, as a whole and step by step. Immutable, compared by identity.
 */
public final class LoraPlans {
  private final Function<List<LoraUse>, PatchPlan> planner;
  private final LoraMode mode;
  private final boolean lenient;
  private final List<Fit> fits;
  private final List<Hypernetwork> hypernetworks;
  private final List<String> warnings;

  /**
   * A LoRA and how it fits the checkpoint.
   *
   * @param use the LoRA with its strengths
   * @param peak its changes at its peak strength
   * @param match which of its modules belong to a layer
   * @param mask the part of the image in which it acts; empty for all of it
   */
  public record Fit(LoraUse use, PatchPlan peak, Match match, Optional<RegionMask> mask) {}

  /**
   * Plans of LoRAs that fit.
   *
   * @param planner plans LoRAs for the checkpoint
   * @param mode how the request wants them applied
   * @param lenient whether those that cannot be used are left out
   * @param hypernetworks what acts beside them, in this order
   * @param warnings what was passed over
   */
  public LoraPlans(
      Function<List<LoraUse>, PatchPlan> planner,
      LoraMode mode,
      boolean lenient,
      List<Fit> fits,
      List<Hypernetwork> hypernetworks,
      List<String> warnings) {
    this.planner = planner;
    this.mode = mode;
    this.lenient = lenient;
    this.fits = List.copyOf(fits);
    this.hypernetworks = List.copyOf(hypernetworks);
    this.warnings = List.copyOf(warnings);
  }

  /** Whether LoRAs that cannot be used are left out. */
  public boolean isLenient() {
    return lenient;
  }

  /** Its LoRAs, in order. */
  public List<Fit> fits() {
    return fits;
  }

  /** Its files, in order. */
  public List<LoraFile> files() {
    return fits.stream().map(fit -> fit.use.file()).toList();
  }

  /** The hypernetworks that act beside the LoRAs, in order. */
  public List<Hypernetwork> hypernetworks() {
    return hypernetworks;
  }

  /** Each LoRA alone, in order. */
  public List<LoraPlans> oneByOne() {
    return fits.stream()
        .map(fit -> new LoraPlans(planner, mode, lenient, List.of(fit), List.of(), List.of()))
        .toList();
  }

  /**
   * The same without some LoRAs.
   *
   * @param failed the places of those to leave out, with what is wrong with each
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

  /** The weights that it needs in the first step. */
  public LeaseRequest leaseRequest() {
    PatchPlan patched = plan(Moment.START);
    PatchPlan patchedOnly = patched.where((weight, change) -> !Overlays.canOverlay(weight, change));
    boolean restChanges = isScheduled() && fits.stream().anyMatch(LoraPlans::changesUnpatched);
    return new LeaseRequest(
        masks().isEmpty() ? mode : LoraMode.OVERLAY,
        new LeaseTerms(patched, isScheduled()),
        new LeaseTerms(patchedOnly, restChanges));
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

  /** Whether any LoRA has another strength in the pass of hires fix. */
  public boolean changeInHires() {
    return fits.stream().anyMatch(fit -> fit.use.strength().changesInHires());
  }

  /** Whether any strength changes from call to call. */
  public boolean isScheduled() {
    return fits.stream().anyMatch(fit -> !fit.use.strength().unet().isConstant());
  }

  /** The regions in which LoRAs act, each once; they are counted from 1 in this order. */
  public List<RegionMask> masks() {
    return fits.stream().flatMap(fit -> fit.mask.stream()).distinct().toList();
  }

  /** The region of each LoRA; 0 for all of the image. */
  public List<Integer> regions() {
    List<RegionMask> masks = masks();
    return fits.stream()
        .map(fit -> fit.mask.map(mask -> masks.indexOf(mask) + 1).orElse(0))
        .toList();
  }

  /** What the LoRAs change that act on what a region reads; of text encoders, in all steps. */
  public PatchPlan plan(int region) {
    List<Integer> regions = regions();
    return planner.apply(
        IntStream.range(0, fits.size())
            .filter(i -> regions.get(i) == 0 || regions.get(i) == region)
            .mapToObj(i -> fits.get(i).use.at(Moment.START))
            .toList());
  }

  /** What all LoRAs change at a moment. */
  public PatchPlan plan(Moment moment) {
    return planner.apply(fits.stream().map(fit -> fit.use.at(moment)).toList());
  }

  /** What the LoRAs that cannot be overlaid change at a moment. */
  public PatchPlan patchedOnly(Moment moment) {
    return plan(moment).where((weight, change) -> !Overlays.canOverlay(weight, change));
  }

  /** The changes of each LoRA at its peak strength. */
  public List<PatchPlan> peaks() {
    return fits.stream().map(Fit::peak).toList();
  }

  /** The strength of each LoRA in the U-Net at a moment, as a share of its peak. */
  public double[] shares(Moment moment) {
    return fits.stream()
        .map(fit -> fit.use.strength().unet())
        .mapToDouble(unet -> unet.peak() == 0 ? 0 : moment.strength(unet) / unet.peak())
        .toArray();
  }

  /** The warnings about what was passed over. */
  public List<String> warnings() {
    return warnings;
  }

  /** The warning of a LoRA that was left out for a cause. */
  public static String leftOut(StableDiffusionException cause) {
    return cause.getMessage() + "; it was left out";
  }
}
