package dev.sdlora.demo.emoji.stage;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Rgb;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnCaptions;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.emoji.DrawnSceneSource;
import dev.sdlora.demo.emoji.DrawnThing;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.Nouns;
import dev.sdlora.demo.emoji.Pattern;
import dev.sdlora.demo.emoji.Style;
import dev.sdlora.training.TrainingExample;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The images that LoRAs are trained on, and the reference images for their effects. Not safe for
 * use by several threads.
 */
final class LoraImages {
  private static final int PICTURES = 240;

  /**
   * Images of a style. It must be learnt independently of the things; few things would be
   * memorised.
   */
  private static final int OF_STYLE = 960;

  /** Images of the figure, as many as people take of a product. */
  private static final int OF_ZORP = 14;

  /** A weight that people try if 1 has too little effect. */
  private static final double STRONG = 1.5;

  /** Grounds on which the figure is clearly visible. */
  private static final List<Colour> ZORP_GROUNDS =
      List.of(
          Colour.WHITE,
          Colour.PINK,
          Colour.BLUE,
          Colour.YELLOW,
          Colour.PURPLE,
          Colour.RED,
          Colour.BLACK,
          Colour.GREEN);

  /** Places of small things. */
  private static final List<Place> ASIDE =
      List.of(Place.LEFT, Place.RIGHT, Place.TOP, Place.BOTTOM);

  /** Grounds on which black lines are not clearly visible. */
  private static final Set<Colour> DARK = Set.of(Colour.BLACK, Colour.PURPLE);

  /** Factors on red, green and blue at night. */
  private static final double[] NIGHT = {0.24, 0.27, 0.42};

  /**
   * The distance of the opposite effect from the base, as a fraction of the distance of the effect.
   */
  private static final double AWAY = 0.5;

  /** The radius of the blur for one step of less detail, in pixels. */
  private static final int BLUR = 2;

  private final Drawings base;
  private final Map<Style, Drawings> styles;
  private final DrawnSceneSource scenes;

  /**
   * Creates images from drawings.
   *
   * @param styles the drawings of the base style and of the requested LoRAs
   */
  LoraImages(Nouns nouns, Map<Style, Drawings> styles) {
    this.styles = new EnumMap<>(styles);
    this.base = Objects.requireNonNull(styles.get(Style.FLAT));
    this.scenes = DrawnSceneSource.of(nouns, base, new SplittableRandom(0));
  }

  /**
   * Reads the drawings of all styles from packages, downloading them into the cache on first use.
   */
  static LoraImages read(Path cache) throws IOException {
    Map<Style, Drawings> styles = new EnumMap<>(Style.class);
    for (Style style : Style.values()) {
      styles.put(style, Drawings.read(cache, style));
    }
    return new LoraImages(Nouns.read(cache), styles);
  }

  /** Returns images with captions to train a LoRA on, the same for the same seed. */
  List<TrainingExample> examples(EmojiLora lora, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean zorp = lora == EmojiLora.ZORP;
    List<TrainingExample> examples = new ArrayList<>();
    int images = zorp ? OF_ZORP : lora.style().isPresent() ? OF_STYLE : PICTURES;
    for (int i = 0; i < images; i++) {
      DrawnScene scene = zorp ? zorp(i) : suitable(lora, random);
      String caption = new DrawnCaptions(random).plain(scene).text();
      for (double strength : strengths(lora, i)) {
        examples.add(
            TrainingExample.of(draw(lora, scene, strength), caption).withStrength(strength));
      }
    }
    return examples;
  }

  /**
   * Returns the strengths at which a scene is shown. Trained at 1 only, the figure would be less
   * similar at greater weights, and without an opposite, a LoRA has arbitrary effects at weights
   * below 0. The Noto drawings differ from the base in many small details, whose opposite takes
   * many images.
   */
  private static double[] strengths(EmojiLora lora, int scene) {
    int everyOtherEnd = lora == EmojiLora.NOTO ? 2 : 4;
    return switch (lora) {
      case ZORP -> new double[] {1, STRONG};
      case DETAIL -> new double[] {1, 2, -1, -2};
      default -> scene % everyOtherEnd == 0 ? new double[] {1, -1} : new double[] {1};
    };
  }

  /** Returns the scene of one image of the figure; no two have the same view, size and ground. */
  static DrawnScene zorp(int index) {
    Noun view = Zorp.views().get(index % Zorp.views().size());
    Size size =
        switch (index % 4) {
          case 1 -> Size.LARGE;
          case 3 -> Size.SMALL;
          default -> Size.MEDIUM;
        };
    Place place = size == Size.SMALL ? ASIDE.get(index / 4 % ASIDE.size()) : Place.CENTRE;
    Colour ground = ZORP_GROUNDS.get(index % ZORP_GROUNDS.size());
    return scene(view, size, place, ground, index);
  }

  private static DrawnScene scene(Noun noun, Size size, Place place, Colour ground, long seed) {
    List<DrawnThing> things = List.of(new DrawnThing(noun, null));
    return new DrawnScene(things, 1, size, place, ground, Pattern.PLAIN, true, seed);
  }

  /** Returns a scene of the base training that a LoRA can learn from. */
  private DrawnScene suitable(EmojiLora lora, SplittableRandom random) {
    DrawnSceneSource source = scenes.with(random.split());
    while (true) {
      DrawnScene scene = source.next();
      if (suits(lora, scene)) {
        return scene;
      }
    }
  }

  /**
   * Whether the LoRA's style has all things of a scene and they are clearly visible on its ground.
   */
  private boolean suits(EmojiLora lora, DrawnScene scene) {
    Drawings drawings = drawings(lora);
    boolean complete = scene.things().stream().allMatch(thing -> drawings.has(thing.noun()));
    if (lora != EmojiLora.INK_LINES) {
      return complete;
    }
    // Line art is black, and a tint of black is hardly a colour.
    return complete
        && !DARK.contains(scene.ground())
        && scene.things().stream().allMatch(thing -> thing.colour() == null);
  }

  /**
   * Returns the ideal image of a scene with a LoRA.
   *
   * @param strength greater than 0 for its effect, 0 for the drawing itself, -1 for the opposite;
   *     -2 for even less detail
   */
  BufferedImage draw(EmojiLora lora, DrawnScene scene, double strength) {
    if (strength < 0 && lora != EmojiLora.DETAIL) {
      return beyond(draw(lora, scene, 1), draw(lora, scene, 0));
    }
    Drawings drawings =
        switch (lora) {
          case DETAIL -> strength > 0 ? new Inked(base, strength / 2) : base;
          case ZORP -> drawings(lora);
          default -> strength > 0 ? drawings(lora) : base;
        };
    BufferedImage image = new DrawnScenePainter(drawings).draw(scene, AutoencoderStage.SIDE);
    if (strength < 0) {
      return blurred(image, (int) Math.round(-strength * BLUR));
    }
    return lora == EmojiLora.NIGHT && strength > 0 ? atNight(image) : image;
  }

  private Drawings drawings(EmojiLora lora) {
    if (lora == EmojiLora.ZORP) {
      return Zorp.with(base);
    }
    return lora.style().map(style -> Objects.requireNonNull(styles.get(style))).orElse(base);
  }

  /** Extrapolates the colours of the second image away from the first. */
  private static BufferedImage beyond(BufferedImage from, BufferedImage to) {
    int side = to.getWidth();
    BufferedImage beyond = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      Color start = new Color(from.getRGB(i % side, i / side));
      Color end = new Color(to.getRGB(i % side, i / side));
      Rgb past =
          new Rgb(
              past(start.getRed(), end.getRed()),
              past(start.getGreen(), end.getGreen()),
              past(start.getBlue(), end.getBlue()));
      beyond.setRGB(i % side, i / side, past.paint().getRGB());
    }
    return beyond;
  }

  private static double past(int from, int to) {
    return to + AWAY * (to - from);
  }

  /**
   * Replaces each pixel with the mean of those around it. The base model's images are less sharp
   * than drawings, so that less detail than in them takes blurred outlines and grounds, too.
   */
  private static BufferedImage blurred(BufferedImage image, int radius) {
    int side = image.getWidth();
    BufferedImage blurred = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      int left = Math.max(0, i % side - radius);
      int top = Math.max(0, i / side - radius);
      int width = Math.min(side, i % side + radius + 1) - left;
      int height = Math.min(side, i / side + radius + 1) - top;
      double[] sums = new double[3];
      for (int rgb : image.getRGB(left, top, width, height, null, 0, width)) {
        for (int c = 0; c < 3; c++) {
          sums[c] += rgb >> (16 - 8 * c) & 255;
        }
      }
      int area = width * height;
      blurred.setRGB(
          i % side,
          i / side,
          new Rgb(sums[0] / area, sums[1] / area, sums[2] / area).paint().getRGB());
    }
    return blurred;
  }

  private static BufferedImage atNight(BufferedImage image) {
    int side = image.getWidth();
    BufferedImage night = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      int day = image.getRGB(i % side, i / side);
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        rgb = rgb << 8 | (int) Math.round(NIGHT[c] * (day >> (16 - 8 * c) & 255));
      }
      night.setRGB(i % side, i / side, rgb);
    }
    return night;
  }
}
