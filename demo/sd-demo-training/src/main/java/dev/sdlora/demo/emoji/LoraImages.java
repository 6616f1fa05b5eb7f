package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Rgb;
import dev.sdlora.demo.Size;
import dev.sdlora.training.TrainingExample;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The images that LoRAs are trained on, and those that their effects are measured against. Not safe
 * for several threads.
 */
final class LoraImages {
  private static final int PICTURES = 240;

  /** A style has to be known from what it draws: of few things those would be learnt by heart. */
  private static final int OF_STYLE = 960;

  /** As many images of a product as people take. */
  private static final int OF_ZORP = 14;

  /** A weight that people try when 1 shows too little. */
  private static final double STRONG = 1.5;

  /** Grounds that the figure is clear on. */
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

  private static final List<Place> ASIDE =
      List.of(Place.LEFT, Place.RIGHT, Place.TOP, Place.BOTTOM);

  /** Grounds that black lines are not clear on. */
  private static final Set<Colour> DARK = Set.of(Colour.BLACK, Colour.PURPLE);

  /** Shares of red, green and blue that are left at night. */
  private static final double[] NIGHT = {0.24, 0.27, 0.42};

  /** How far the other end is from the base, as a share of how far the effect is. */
  private static final double AWAY = 0.5;

  private static final int COMMON = 200;

  private final Drawings base;
  private final Map<Style, Drawings> styles;
  private final DrawnSceneSource scenes;
  private final Set<Noun> common;

  /**
   * Takes drawings.
   *
   * @param styles the base style's and those of LoRAs that are asked for
   */
  LoraImages(Nouns nouns, Map<Style, Drawings> styles) {
    this.styles = new EnumMap<>(styles);
    this.base = Objects.requireNonNull(styles.get(Style.FLAT));
    this.scenes = DrawnSceneSource.of(nouns, base, new SplittableRandom(0));
    this.common = new HashSet<>(nouns.commonest(COMMON));
  }

  /** Reads the drawings of all styles from packages, which are fetched into the cache at first. */
  static LoraImages read(Path cache) throws IOException {
    Map<Style, Drawings> styles = new EnumMap<>(Style.class);
    for (Style style : Style.values()) {
      styles.put(style, Drawings.read(cache, style));
    }
    return new LoraImages(Nouns.read(cache), styles);
  }

  /** Images with captions to train a LoRA on, the same for the same seed. */
  List<TrainingExample> examples(EmojiLora lora, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean zorp = lora == EmojiLora.ZORP;
    List<TrainingExample> examples = new ArrayList<>();
    int pictures = zorp ? OF_ZORP : lora.style().isPresent() ? OF_STYLE : PICTURES;
    for (int i = 0; i < pictures; i++) {
      DrawnScene scene = zorp ? zorp(i) : suitable(lora, random);
      String caption = new DrawnCaptions(random).plain(scene).text();
      TrainingExample example = TrainingExample.of(draw(lora, scene, 1), caption);
      examples.add(example);
      if (zorp) {
        // Known at weight 1 alone, the figure would be less like itself at greater ones.
        examples.add(example.withStrength(STRONG));
      } else if (i % everyOtherEnd(lora) == 0) {
        // Without its other end, a LoRA draws anything at weights below 0.
        examples.add(TrainingExample.of(draw(lora, scene, -1), caption).withStrength(-1));
      }
    }
    return examples;
  }

  /**
   * Of so many scenes one shows the other end too. A slider is chosen for both; the Noto drawings
   * differ from the base's in many small things, whose opposite takes many images.
   */
  private static int everyOtherEnd(EmojiLora lora) {
    return switch (lora) {
      case DETAIL -> 1;
      case NOTO -> 2;
      default -> 4;
    };
  }

  /** The scene of one image of the figure: no two are in the same view, size and ground. */
  private static DrawnScene zorp(int index) {
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

  /** A scene of the base training that a LoRA can learn from. */
  private DrawnScene suitable(EmojiLora lora, SplittableRandom random) {
    DrawnSceneSource source = scenes.with(random.split());
    while (true) {
      DrawnScene scene = source.next();
      if (suits(lora, scene)) {
        return scene;
      }
    }
  }

  /** Whether the LoRA's style has all things of a scene, and they are clear on its ground. */
  private boolean suits(EmojiLora lora, DrawnScene scene) {
    Drawings drawings = drawings(lora);
    boolean complete = scene.things().stream().allMatch(thing -> drawings.has(thing.noun()));
    if (lora != EmojiLora.INK_LINES) {
      return complete;
    }
    // Line art is black; a tint of black is hardly a colour.
    return complete
        && !DARK.contains(scene.ground())
        && scene.things().stream().allMatch(thing -> thing.colour() == null);
  }

  /** The figure from the front or a common thing, by itself on a plain ground, to measure with. */
  DrawnScene subject(EmojiLora lora, SplittableRandom random) {
    while (true) {
      DrawnScene scene = suitable(lora, random);
      Noun noun = scene.first().noun();
      if (!scene.isPair() && scene.count() == 1 && common.contains(noun)) {
        boolean zorp = lora == EmojiLora.ZORP;
        Noun shown = zorp ? Zorp.views().get(0) : noun;
        Colour ground =
            zorp ? ZORP_GROUNDS.get(random.nextInt(ZORP_GROUNDS.size())) : scene.ground();
        return scene(shown, Size.MEDIUM, Place.CENTRE, ground, 0);
      }
    }
  }

  /**
   * The image that a LoRA makes of a scene, as it should be.
   *
   * @param strength 1 for its effect, 0 for what the base model draws, -1 for its other end; the
   *     slider knows all between
   */
  BufferedImage draw(EmojiLora lora, DrawnScene scene, double strength) {
    if (strength < 0 && lora != EmojiLora.DETAIL) {
      return beyond(draw(lora, scene, 1), draw(lora, scene, 0));
    }
    Drawings drawings =
        switch (lora) {
          case DETAIL -> new Detail(base, strength);
          case ZORP -> drawings(lora);
          default -> strength > 0 ? drawings(lora) : base;
        };
    BufferedImage picture = new DrawnScenePainter(drawings).draw(scene, AutoencoderStage.SIDE);
    return lora == EmojiLora.NIGHT && strength > 0 ? atNight(picture) : picture;
  }

  private Drawings drawings(EmojiLora lora) {
    if (lora == EmojiLora.ZORP) {
      return new WithZorp(base, new Zorp());
    }
    return lora.style().map(style -> Objects.requireNonNull(styles.get(style))).orElse(base);
  }

  /** Past the second image on the way from the first, as far as colours go. */
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

  private static BufferedImage atNight(BufferedImage picture) {
    int side = picture.getWidth();
    BufferedImage night = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      int day = picture.getRGB(i % side, i / side);
      int rgb = 0;
      for (int c = 0; c < 3; c++) {
        rgb = rgb << 8 | (int) Math.round(NIGHT[c] * (day >> (16 - 8 * c) & 255));
      }
      night.setRGB(i % side, i / side, rgb);
    }
    return night;
  }

  /** The base's drawings and the figure. */
  private record WithZorp(Drawings base, Zorp zorp) implements Drawings {
    @Override
    public boolean has(Noun noun) {
      return zorp.has(noun) || base.has(noun);
    }

    @Override
    public BufferedImage draw(Noun noun, int side) {
      return zorp.has(noun) ? zorp.draw(noun, side) : base.draw(noun, side);
    }
  }
}
