package dev.sdlora.demo.emoji;

import dev.sdlora.demo.ImageMeasures;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/** Measures the effect of LoRAs on an artist's images. */
final class LoraEffects {
  static final List<Double> WEIGHTS = List.of(-1.0, -0.5, 0.0, 0.5, 1.0, 1.5);

  private static final long SEED = 2026;

  private final LoraImages pictures;
  private final Artist artist;
  private final int scenes;

  /**
   * Creates measurements of an artist.
   *
   * @param pictures the reference images
   * @param artist draws the images to measure
   * @param scenes the number of scenes over which each measure is averaged
   */
  LoraEffects(LoraImages pictures, Artist artist, int scenes) {
    this.pictures = pictures;
    this.artist = artist;
    this.scenes = scenes;
  }

  /**
   * The effect of a LoRA.
   *
   * @param means the means of its measure at {@link #WEIGHTS}
   * @param sameBytes whether the images at weight 0 are identical to those without it
   */
  record Effect(EmojiLora lora, List<Double> means, boolean sameBytes) {
    Effect {
      means = List.copyOf(means);
    }

    /** Whether each increase of the weight moves the measure in the LoRA's direction. */
    boolean isMonotone() {
      for (int w = 1; w < means.size(); w++) {
        double change = means.get(w) - means.get(w - 1);
        if (!(lora.falls() ? change < 0 : change > 0)) {
          return false;
        }
      }
      return true;
    }

    /** Returns a line of a table. */
    String line() {
      StringBuilder line =
          new StringBuilder(
              String.format(Locale.ROOT, "%-14s %-23s", lora.file(), lora.measured()));
      for (int w = 0; w < means.size(); w++) {
        line.append(String.format(Locale.ROOT, "  %+.1f: %.5f", WEIGHTS.get(w), means.get(w)));
      }
      return line + "  monotone: " + isMonotone() + "  weight 0 the same bytes: " + sameBytes;
    }
  }

  /** Measures one LoRA at all weights. */
  Effect of(EmojiLora lora) {
    double[] means = new double[WEIGHTS.size()];
    boolean sameBytes = true;
    List<DrawnScene> subjects = subjects(lora);
    for (int i = 0; i < scenes; i++) {
      DrawnScene scene = subjects.get(i);
      for (int w = 0; w < means.length; w++) {
        double weight = WEIGHTS.get(w);
        BufferedImage picture = draw(scene, Map.of(lora, weight), i);
        means[w] += measure(lora, picture, scene) / scenes;
        if (weight == 0) {
          sameBytes &= Arrays.equals(pixels(picture), pixels(draw(scene, Map.of(), i)));
        }
      }
    }
    return new Effect(lora, Arrays.stream(means).boxed().toList(), sameBytes);
  }

  /**
   * Returns the means of several LoRAs' measures, on scenes of the first, with some of them at
   * weight 1. None may be the figure, which has scenes of its own.
   */
  Map<EmojiLora, Double> together(List<EmojiLora> measured, List<EmojiLora> present) {
    Map<EmojiLora, Double> weights = new EnumMap<>(EmojiLora.class);
    present.forEach(lora -> weights.put(lora, 1.0));
    Map<EmojiLora, Double> means = new EnumMap<>(EmojiLora.class);
    List<DrawnScene> subjects = subjects(measured.get(0));
    for (int i = 0; i < scenes; i++) {
      DrawnScene scene = subjects.get(i);
      BufferedImage picture = draw(scene, weights, i);
      for (EmojiLora lora : measured) {
        means.merge(lora, measure(lora, picture, scene) / scenes, Double::sum);
      }
    }
    return means;
  }

  /** Returns how similar images of other things are to the figure, with its LoRA at a weight. */
  double figureWithoutItsWord(double weight) {
    double mean = 0;
    List<DrawnScene> subjects = subjects(EmojiLora.NIGHT);
    for (int i = 0; i < scenes; i++) {
      DrawnScene scene = subjects.get(i);
      BufferedImage picture = draw(scene, Map.of(EmojiLora.ZORP, weight), i);
      mean += measure(EmojiLora.ZORP, picture, scene) / scenes;
    }
    return mean;
  }

  /** Returns a row of images of one of a LoRA's scenes, at all weights. */
  List<BufferedImage> row(EmojiLora lora, int scene) {
    List<BufferedImage> row = new ArrayList<>();
    for (double weight : WEIGHTS) {
      row.add(draw(subjects(lora).get(scene), Map.of(lora, weight), scene));
    }
    return row;
  }

  String prompt(EmojiLora lora, int scene) {
    return prompt(subjects(lora).get(scene), scene);
  }

  private List<DrawnScene> subjects(EmojiLora lora) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<DrawnScene> subjects = new ArrayList<>();
    for (int i = 0; i < scenes; i++) {
      subjects.add(pictures.subject(lora, random));
    }
    return subjects;
  }

  private BufferedImage draw(DrawnScene scene, Map<EmojiLora, Double> weights, int index) {
    return artist.draw(scene, prompt(scene, index), weights, SEED + index);
  }

  private static String prompt(DrawnScene scene, int index) {
    return new DrawnCaptions(new SplittableRandom(SEED + index)).plain(scene).text();
  }

  private double measure(EmojiLora lora, BufferedImage picture, DrawnScene scene) {
    return switch (lora) {
      case FLUENT_3D, NOTO, INK_LINES -> {
        Thumbnail base = Thumbnail.of(pictures.draw(lora, scene, 0));
        yield Thumbnail.of(picture).share(base, Thumbnail.of(pictures.draw(lora, scene, 1)));
      }
      case DETAIL -> ImageMeasures.highFrequency(picture);
      case NIGHT -> ImageMeasures.luminance(picture);
      case ZORP -> likeness(picture, scene);
    };
  }

  /** Returns the similarity to the figure in the view that fits best. */
  private double likeness(BufferedImage picture, DrawnScene scene) {
    Thumbnail small = Thumbnail.of(picture);
    double best = -1;
    for (Noun view : Zorp.views()) {
      DrawnScene figure = scene.withThings(List.of(new DrawnThing(view, null)));
      Thumbnail other = Thumbnail.of(pictures.draw(EmojiLora.ZORP, figure, 1));
      best = Math.max(best, small.likeness(other, scene.ground()));
    }
    return best;
  }

  private static int[] pixels(BufferedImage picture) {
    int width = picture.getWidth();
    return picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
  }
}
