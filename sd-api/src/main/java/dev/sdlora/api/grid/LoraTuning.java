package dev.sdlora.api.grid;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Picture;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.Decimals;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Finds the weights at which a LoRA does its work and no harm: draws prompts at several weights and
 * without the LoRA, and measures in the pixels how far pictures move and what suffers. No network
 * judges them, so this is a proposal, and the sheet is there to be looked at. Immutable; safe for
 * several threads.
 *
 * <pre>{@code
 * LoraTuning.Result tuned = LoraTuning.of(lora, specs).draw(pipeline);
 * tuned.sheet().savePng(Path.of("tune.png"));
 * tuned.proposal().ifPresent(range -> lora.writePreferredWeight(range.preferred()));
 * }</pre>
 */
public final class LoraTuning {
  /** Pictures that move less than this, from 0 to 1, have not changed to the eye. */
  private static final double LEAST_EFFECT = 0.01;

  /** A weight more that moves pictures by less than this share of the whole effect is wasted. */
  private static final double LEAST_GAIN = 0.12;

  /** What of the whole effect the preferred weight has. */
  private static final double MOST_OF_IT = 0.85;

  private static final double DAMAGING_COLOUR = 2;
  private static final double DAMAGING_CLIPPING = 0.08;
  private static final double DAMAGING_EDGES = 3;

  private static final long SEEDS = 4294967294L;

  private final LoraAdapter lora;
  private final List<PromptSpec> specs;
  private final List<Double> weights;

  private LoraTuning(LoraAdapter lora, List<PromptSpec> specs, List<Double> weights) {
    this.lora = lora;
    this.specs = specs;
    this.weights = weights;
  }

  /**
   * A tuning at the weights 0.2, 0.4 and so on up to 2.
   *
   * @param lora what is tuned; its own strengths do not count, its blocks and rank limit do
   * @param specs what to draw, at least one: prompts with trigger words and without the LoRA's tag.
   *     Of several images the first is made; a random seed is drawn once
   * @return the tuning
   * @throws IllegalArgumentException if there is no prompt
   */
  public static LoraTuning of(LoraAdapter lora, List<PromptSpec> specs) {
    Objects.requireNonNull(lora, "lora");
    Objects.requireNonNull(specs, "specs");
    Checks.atLeast(1, specs.size(), "number of prompts");
    return new LoraTuning(
        lora,
        List.copyOf(specs),
        IntStream.rangeClosed(1, 10).mapToObj(tenth -> tenth / 5.0).toList());
  }

  /**
   * The same at other weights.
   *
   * @param weights at least two above 0, rising
   * @return the tuning
   * @throws IllegalArgumentException if they are not
   */
  public LoraTuning weights(double... weights) {
    Objects.requireNonNull(weights, "weights");
    Checks.atLeast(2, weights.length, "number of weights");
    double before = 0;
    for (double weight : weights) {
      Checks.finite(weight, "weight");
      if (weight <= before) {
        throw new IllegalArgumentException(
            "weights must be above 0 and rise: " + Arrays.toString(weights));
      }
      before = weight;
    }
    return new LoraTuning(lora, specs, Arrays.stream(weights).boxed().toList());
  }

  /** {@return how many pictures are drawn} */
  public int pictures() {
    return specs.size() * (1 + weights.size());
  }

  /**
   * What pictures of one weight are like, beside those without the LoRA: means over the prompts.
   *
   * @param weight the weight
   * @param effect how far they have moved, from 0 to 1: the root of the mean square between the
   *     colours of squares of 4×4 pixels
   * @param saturation how colourful they are beside those without; 1 is as colourful, 2 twice
   * @param clipped how much more of their channels is as dark or bright as can be, from -1 to 1
   * @param edges how much of edges and noise they have beside those without; 1 is as much
   * @param damage the worst of these by its measure: from 1 on it shows. Twice the colour, 8 % more
   *     of the channels clipped, or three times the edges is 1
   */
  public record Figures(
      double weight,
      double effect,
      double saturation,
      double clipped,
      double edges,
      double damage) {}

  /**
   * Weights to use.
   *
   * @param from the least at which half of the effect is there
   * @param to the most without damage that still brings more than the weight before it
   * @param preferred where most of the effect is there, in the lower half of the range
   */
  public record Proposal(double from, double to, double preferred) {}

  /**
   * What was found.
   *
   * @param figures for each weight, in order
   * @param proposal empty if the LoRA moves nothing, or the least weight does damage
   * @param sheet the pictures, a row for each prompt, with the figures above
   */
  public record Result(List<Figures> figures, Optional<Proposal> proposal, Picture sheet) {
    /**
     * Copies the list.
     *
     * @param figures for each weight
     * @param proposal what they lead to
     * @param sheet the pictures
     */
    public Result {
      Objects.requireNonNull(figures, "figures");
      Objects.requireNonNull(proposal, "proposal");
      Objects.requireNonNull(sheet, "sheet");
      figures = List.copyOf(figures);
    }
  }

  /**
   * Draws, watched by nobody; see {@link #draw(Pipeline, GenerationListener)}.
   *
   * @param pipeline what draws the pictures
   * @return what was found
   */
  public Result draw(Pipeline pipeline) {
    return draw(pipeline, GenerationListener.NONE);
  }

  /**
   * Draws all pictures, one after another, and measures them. A failure or a cancel of one ends it
   * with the exception of that request.
   *
   * @param pipeline what draws the pictures
   * @param listener sees each picture as a generation of its own
   * @return what was found
   * @throws dev.sdlora.api.LoraException if the LoRA does not fit the checkpoint
   */
  public Result draw(Pipeline pipeline, GenerationListener listener) {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(listener, "listener");
    List<List<GeneratedImage>> rows = new ArrayList<>();
    for (PromptSpec spec : specs) {
      PromptSpec base =
          spec.toBuilder()
              .seed(spec.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS)))
              .images(1)
              .build();
      List<GeneratedImage> row = new ArrayList<>();
      row.add(pipeline.generate(base, listener).first());
      for (double weight : weights) {
        PromptSpec with = base.toBuilder().lora(lora.withStrength(weight)).build();
        row.add(pipeline.generate(with, listener).first());
      }
      rows.add(row);
    }
    List<Figures> figures = figures(rows);
    Optional<Proposal> proposal = propose(figures);
    return new Result(figures, proposal, sheet(rows, figures, proposal));
  }

  private List<Figures> figures(List<List<GeneratedImage>> rows) {
    List<List<PictureFigures>> measured =
        rows.stream().map(row -> row.stream().map(PictureFigures::new).toList()).toList();
    return IntStream.range(0, weights.size())
        .mapToObj(i -> figures(weights.get(i), measured, i + 1))
        .toList();
  }

  private static Figures figures(double weight, List<List<PictureFigures>> rows, int column) {
    double effect = 0;
    double saturation = 0;
    double clipped = 0;
    double edges = 0;
    for (List<PictureFigures> row : rows) {
      PictureFigures without = row.get(0);
      PictureFigures with = row.get(column);
      effect += with.distance(without);
      saturation += ratio(with.saturation(), without.saturation());
      clipped += with.clipped() - without.clipped();
      edges += ratio(with.edges(), without.edges());
    }
    int count = rows.size();
    return figures(weight, effect / count, saturation / count, clipped / count, edges / count);
  }

  static Figures figures(
      double weight, double effect, double saturation, double clipped, double edges) {
    double damage =
        Math.max(
            Math.max(Math.log(saturation) / Math.log(DAMAGING_COLOUR), clipped / DAMAGING_CLIPPING),
            Math.log(edges) / Math.log(DAMAGING_EDGES));
    return new Figures(weight, effect, saturation, clipped, edges, Math.max(0, damage));
  }

  /** Grey pictures and flat ones have next to nothing to compare with. */
  private static double ratio(double with, double without) {
    double least = 0.02;
    return (with + least) / (without + least);
  }

  /** What figures lead to. */
  static Optional<Proposal> propose(List<Figures> figures) {
    List<Figures> sound = new ArrayList<>();
    for (Figures each : figures) {
      if (each.damage >= 1) {
        break;
      }
      sound.add(each);
    }
    double most = sound.stream().mapToDouble(Figures::effect).max().orElse(0);
    if (most < LEAST_EFFECT) {
      return Optional.empty();
    }
    int last = sound.size() - 1;
    while (last > 0 && gain(sound.get(last - 1), sound.get(last)) < LEAST_GAIN * most) {
      last--;
    }
    double whole = sound.get(last).effect;
    double from = first(sound, whole / 2);
    double to = sound.get(last).weight;
    double wanted = Math.min(first(sound, MOST_OF_IT * whole), (from + to) / 2);
    double preferred =
        sound.stream()
            .mapToDouble(Figures::weight)
            .filter(weight -> weight >= from && weight <= wanted + 1e-9)
            .max()
            .orElse(from);
    return Optional.of(new Proposal(from, to, preferred));
  }

  /** How much more effect there is for a weight of 1 more. */
  private static double gain(Figures before, Figures after) {
    return (after.effect - before.effect) / (after.weight - before.weight);
  }

  private static double first(List<Figures> figures, double effect) {
    return figures.stream()
        .filter(each -> each.effect >= effect)
        .mapToDouble(Figures::weight)
        .findFirst()
        .orElseThrow();
  }

  private Picture sheet(
      List<List<GeneratedImage>> rows, List<Figures> figures, Optional<Proposal> proposal) {
    List<String> heads = new ArrayList<>(List.of("without"));
    figures.forEach(each -> heads.add(head(each, proposal)));
    Sheet sheet = new Sheet(lora.name(), heads);
    for (int i = 0; i < rows.size(); i++) {
      List<BufferedImage> pictures =
          rows.get(i).stream().map(GeneratedImage::toBufferedImage).toList();
      sheet.row(specs.get(i).prompt(), pictures);
    }
    return Picture.of(sheet.draw());
  }

  private static String head(Figures figures, Optional<Proposal> proposal) {
    double weight = figures.weight;
    String mark =
        proposal
            .map(
                range ->
                    weight == range.preferred
                        ? "preferred"
                        : weight >= range.from && weight <= range.to ? "good" : "")
            .orElse("");
    return String.format(
        Locale.ROOT,
        "%s\n%s\neffect %.3f\ndamage %.2f",
        mark.isEmpty() ? " " : mark,
        Decimals.text(weight),
        figures.effect,
        figures.damage);
  }
}
