package dev.sdlora.api;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Whether a LoRA fits a checkpoint, as far as files tell. Immutable.
 *
 * @param lora the adapter, with the strengths that were measured
 * @param checkpoint the model that it is to be used with
 * @param effect which of its layers match and how far it moves them; empty if it cannot be applied
 * @param base what it was trained on, within its family
 * @param checkpointBase what the checkpoint comes from
 * @param signs what told both, as sentences for people
 * @param training the checkpoint, the size of pictures and the clip skip of its training
 * @param predictionType what the U-Net predicted in its training; empty if nothing says it
 * @param distance how far the checkpoint is from the one that the LoRA was made on; empty if that
 *     is not in the folders, or the LoRA cannot be applied
 * @param verdict the answer in a sentence
 * @param advice what to set or to mind, as sentences; may be empty
 */
public record LoraFit(
    LoraAdapter lora,
    Checkpoint checkpoint,
    Optional<LoraEffect> effect,
    Base base,
    Base checkpointBase,
    List<String> signs,
    LoraDetails.Training training,
    Optional<PredictionType> predictionType,
    Optional<Distance> distance,
    String verdict,
    List<String> advice) {

  /**
   * Copies the lists.
   *
   * @param lora the adapter
   * @param checkpoint the model
   * @param effect empty if it cannot be applied
   * @param base what it was trained on
   * @param checkpointBase what the checkpoint comes from
   * @param signs copied
   * @param training settings of its training
   * @param predictionType what the U-Net predicted then
   * @param distance empty if it is not known
   * @param verdict the answer
   * @param advice copied
   */
  public LoraFit {
    signs = List.copyOf(signs);
    advice = List.copyOf(advice);
  }

  /** {@return whether it can be applied, and changes anything} */
  public boolean isApplicable() {
    return effect.isPresent() && effect.get().changesAnything();
  }

  /**
   * {@return the share of its effect that is to be expected; see {@link Distance#expectedEffect()}}
   * Empty if the distance is not known.
   */
  public OptionalDouble expectedEffect() {
    return distance
        .map(known -> OptionalDouble.of(known.expectedEffect()))
        .orElse(OptionalDouble.empty());
  }

  /**
   * Draws how far the LoRA moves each block and, if the base was found, how far the checkpoint is
   * from that in the same layers.
   *
   * @return a new picture, as high as the list of blocks; empty if the LoRA cannot be applied
   */
  public Optional<BufferedImage> chart() {
    return effect.map(known -> distance.map(apart -> chart(known, apart)).orElseGet(known::chart));
  }

  private BufferedImage chart(LoraEffect known, Distance apart) {
    BarChart chart =
        new BarChart(
            "%s on %s".formatted(lora.name(), checkpoint.name()),
            List.of("change by the LoRA", "distance from its base"));
    for (LoraEffect.Block block : known.blocks()) {
      List<Double> shares = new ArrayList<>(List.of(block.relative()));
      apart.blocks().stream()
          .filter(other -> other.part() == block.part() && other.name().equals(block.name()))
          .forEach(other -> shares.add(other.relative()));
      chart.bars(block.part().label(), block.name(), shares);
    }
    return chart.draw();
  }

  /** What models of a family come from: LoRAs that were made on one work best on its kin. */
  public enum Base {
    /** Stable Diffusion 1.4 and 1.5 themselves. */
    SD1("SD 1.5", ModelFamily.SD1),
    /** NovelAI's first anime model, from which most anime models of SD 1.x come. */
    ANIME("NovelAI's anime model", ModelFamily.SD1),
    /** Stable Diffusion 2.0 and 2.1. */
    SD2("SD 2.x", ModelFamily.SD2),
    /** Stable Diffusion XL 1.0 itself. */
    SDXL("SDXL 1.0", ModelFamily.SDXL),
    /** Pony Diffusion V6 XL. */
    PONY("Pony", ModelFamily.SDXL),
    /** Illustrious XL. */
    ILLUSTRIOUS("Illustrious", ModelFamily.SDXL),
    /** NoobAI XL, which was trained further from Illustrious. */
    NOOBAI("NoobAI", ModelFamily.SDXL),
    /** SDXL Turbo and SD Turbo. */
    TURBO("Turbo", ModelFamily.UNKNOWN),
    /** SDXL Lightning. */
    LIGHTNING("Lightning", ModelFamily.SDXL),
    /** Hyper-SD, of SD 1.5 or SDXL. */
    HYPER("Hyper", ModelFamily.UNKNOWN),
    /** A model distilled by latent consistency, of SD 1.5 or SDXL. */
    LCM("LCM", ModelFamily.UNKNOWN),
    /** Nothing says it. */
    UNKNOWN("unknown", ModelFamily.UNKNOWN);

    private final String label;
    private final ModelFamily family;

    Base(String label, ModelFamily family) {
      this.label = label;
      this.family = family;
    }

    /** {@return the name as people write it} */
    public String label() {
      return label;
    }

    /** {@return the family that it is in; {@link ModelFamily#UNKNOWN} if it may be in several} */
    public ModelFamily family() {
      return family;
    }
  }

  /**
   * How far the checkpoint is from the one that the LoRA was made on, in the weights that the LoRA
   * changes.
   *
   * @param base the file or folder of that checkpoint
   * @param foundBy what told that it is the one, to follow its name
   * @param blocks for each block, the norm of the difference and that of the base's weights
   * @param contained the share of the LoRA that the checkpoint contains already: 1 if it is baked
   *     into it at the strength that was measured, 0 if the difference has nothing to do with it
   */
  public record Distance(
      Path base, String foundBy, List<LoraEffect.Block> blocks, double contained) {
    /** At this distance half of the effect is left, by the measurements of docs/fit.md. */
    private static final double HALF = 0.5;

    /**
     * Copies the list.
     *
     * @param base the checkpoint
     * @param foundBy what told it
     * @param blocks copied
     * @param contained the share of the LoRA that is in already
     */
    public Distance {
      blocks = List.copyOf(blocks);
    }

    /** {@return the sum over the blocks of each network, under the name {@code all}} */
    public Map<ModelPart, LoraEffect.Block> byPart() {
      return LoraEffect.Block.byPart(blocks);
    }

    /** {@return the distance over all weights that the LoRA changes, as a share of the base's} */
    public double relative() {
      return LoraEffect.Block.all(blocks).relative();
    }

    /**
     * {@return the share of its effect on the base that the LoRA is to be expected to have, from 0
     * to 1} A rule of thumb, drawn from variants of the bundled model: what the checkpoint contains
     * already is not added once more, and of the rest {@code 1 / (1 + (distance / 0.5)²)} is left.
     * Two models that differ by a tenth of their weights share nearly all; how it is with models of
     * full size was not measured.
     */
    public double expectedEffect() {
      double rest = 1 - Math.max(0, Math.min(1, contained));
      return rest / (1 + Math.pow(relative() / HALF, 2));
    }
  }
}
