package dev.sdlora.demo.emoji;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.training.TrainingExample;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The figure as a thing that someone has twelve images of: the images, and prompts that none of
 * them shows. Stateless.
 */
public final class NewThing {
  /** The figure's name, which is unknown to the base model. */
  public static final String WORD = Zorp.WORD;

  private static final int SIDE = AutoencoderStage.SIDE;
  private static final List<Noun> VIEWS = Zorp.views();
  private static final List<Colour> COLOURS = List.of(Colour.values());
  private static final List<Pattern> PATTERNS =
      List.of(Pattern.PLAIN, Pattern.PLAIN, Pattern.STRIPED, Pattern.DOTTED, Pattern.CHECKERED);

  private NewThing() {}

  /** Returns the twelve images with captions. */
  public static List<TrainingExample> images() {
    DrawnCaptions captions = new DrawnCaptions(new SplittableRandom(1));
    DrawnScenePainter painter = new DrawnScenePainter(new Zorp());
    return shown().stream()
        .map(scene -> TrainingExample.of(painter.draw(scene, SIDE), captions.plain(scene).text()))
        .toList();
  }

  /** Returns the scenes of the images: from close by and from afar, on plain and other grounds. */
  private static List<DrawnScene> shown() {
    return List.of(
        scene(0, Size.LARGE, Place.CENTRE, Colour.RED, Pattern.PLAIN),
        scene(1, Size.LARGE, Place.CENTRE, Colour.PINK, Pattern.PLAIN),
        scene(2, Size.MEDIUM, Place.CENTRE, Colour.BLUE, Pattern.PLAIN),
        scene(3, Size.MEDIUM, Place.CENTRE, Colour.WHITE, Pattern.PLAIN),
        scene(4, Size.MEDIUM, Place.CENTRE, Colour.PURPLE, Pattern.STRIPED),
        scene(5, Size.SMALL, Place.LEFT, Colour.YELLOW, Pattern.PLAIN),
        scene(6, Size.SMALL, Place.TOP, Colour.YELLOW, Pattern.PLAIN),
        scene(7, Size.SMALL, Place.RIGHT, Colour.GREEN, Pattern.PLAIN),
        scene(8, Size.SMALL, Place.BOTTOM, Colour.PINK, Pattern.PLAIN),
        scene(9, Size.SMALL, Place.LEFT, Colour.BLACK, Pattern.CHECKERED),
        scene(10, Size.SMALL, Place.RIGHT, Colour.WHITE, Pattern.DOTTED),
        scene(11, Size.SMALL, Place.BOTTOM, Colour.BLUE, Pattern.PLAIN));
  }

  private static DrawnScene scene(
      int index, Size size, Place place, Colour ground, Pattern pattern) {
    List<DrawnThing> thing = List.of(new DrawnThing(VIEWS.get(index % VIEWS.size()), null));
    return new DrawnScene(thing, 1, size, place, ground, pattern, true, index);
  }

  /** Returns scenes whose combination of size, place, ground and pattern no image shows. */
  public static List<DrawnScene> newScenes(int count) {
    List<DrawnScene> shown = shown();
    List<DrawnScene> scenes = new ArrayList<>();
    for (int i = 0; scenes.size() < count; i++) {
      Size size = List.of(Size.MEDIUM, Size.LARGE, Size.SMALL).get(i % 3);
      Place place =
          size == Size.SMALL ? LoraImages.ASIDE.get(i / 3 % LoraImages.ASIDE.size()) : Place.CENTRE;
      DrawnScene scene =
          new DrawnScene(
              List.of(new DrawnThing(views().get(0), null)),
              1,
              size,
              place,
              COLOURS.get(i % COLOURS.size()),
              PATTERNS.get(i / 2 % PATTERNS.size()),
              true,
              i);
      if (shown.stream().noneMatch(other -> isAlike(scene, other))) {
        scenes.add(scene);
      }
    }
    return scenes;
  }

  private static boolean isAlike(DrawnScene one, DrawnScene other) {
    return one.size() == other.size()
        && one.place() == other.place()
        && one.ground() == other.ground()
        && one.pattern() == other.pattern();
  }

  /** Returns the figure in all its views. */
  public static List<Noun> views() {
    return VIEWS;
  }

  /** Returns a set of drawings with the figure added. */
  public static Drawings with(Drawings others) {
    Zorp zorp = new Zorp();
    return new Drawings() {
      @Override
      public boolean has(Noun noun) {
        return zorp.has(noun) || others.has(noun);
      }

      @Override
      public BufferedImage draw(Noun noun, int side) {
        return zorp.has(noun) ? zorp.draw(noun, side) : others.draw(noun, side);
      }
    };
  }
}
