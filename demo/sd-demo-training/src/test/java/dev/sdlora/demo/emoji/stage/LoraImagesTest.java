package dev.sdlora.demo.emoji.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.demo.Colour;
import dev.sdlora.demo.ImageMeasures;
import dev.sdlora.demo.Place;
import dev.sdlora.demo.Size;
import dev.sdlora.demo.emoji.Drawings;
import dev.sdlora.demo.emoji.DrawnScene;
import dev.sdlora.demo.emoji.DrawnScenePainter;
import dev.sdlora.demo.emoji.Noun;
import dev.sdlora.demo.emoji.SmallSet;
import dev.sdlora.demo.emoji.Style;
import dev.sdlora.training.TrainingExample;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the training images of LoRAs. */
final class LoraImagesTest {
  private final LoraImages pictures = of(SmallSet.squares(Color.GRAY));

  @ParameterizedTest
  @EnumSource(
      value = EmojiLora.class,
      names = {"NOTO", "DETAIL", "ZORP"})
  void examples_sameSeed_samePicturesAndCaptions(EmojiLora lora) {
    List<TrainingExample> once = pictures.examples(lora, 3);
    List<TrainingExample> again = pictures.examples(lora, 3);
    assertThat(once).hasSameSizeAs(again);
    for (int i = 0; i < once.size(); i++) {
      assertThat(once.get(i).caption()).isEqualTo(again.get(i).caption());
      assertThat(SmallSet.pixels(once.get(i).image().get()))
          .isEqualTo(SmallSet.pixels(again.get(i).image().get()));
    }
  }

  @Test
  void examples_ofTheFigure_fourteenPicturesTwice_allWithItsWord() {
    List<TrainingExample> examples = pictures.examples(EmojiLora.ZORP, 1);
    Set<List<Integer>> seen = new HashSet<>();
    for (TrainingExample example : examples) {
      assertThat(example.caption()).contains(Zorp.WORD);
      seen.add(Arrays.stream(SmallSet.pixels(example.image().get())).boxed().toList());
    }
    assertThat(seen).hasSize(14);
    assertThat(examples).hasSize(28);
    assertThat(examples).filteredOn(example -> example.strength() == 1.5).hasSize(14);
  }

  @Test
  void examples_ofTheSlider_bothEndsOfEachScene() {
    List<TrainingExample> examples = pictures.examples(EmojiLora.DETAIL, 1);
    for (int i = 0; i < examples.size(); i += 4) {
      List<TrainingExample> scene = examples.subList(i, i + 4);
      assertThat(scene).extracting(TrainingExample::strength).containsExactly(1.0, 2.0, -1.0, -2.0);
      assertThat(scene).extracting(TrainingExample::caption).containsOnly(scene.get(0).caption());
    }
    // The base model's images have less than a quarter of the detail of drawings in ink.
    assertThat(detail(examples, 1)).isGreaterThan(4 * detail(examples, -1));
    assertThat(detail(examples, -1)).isGreaterThan(2 * detail(examples, -2));
    assertThat(detail(examples, 2)).isGreaterThan(detail(examples, 1));
  }

  @Test
  void draw_lessDetail_flatWhereItWasFlat_blurredOutlines() {
    DrawnScene scene = SmallSet.one("cat", Size.MEDIUM, Place.CENTRE, Colour.PINK);
    BufferedImage image = pictures.draw(EmojiLora.DETAIL, scene, -2);
    assertThat(new Color(image.getRGB(0, 0))).isEqualTo(Colour.PINK.paint());
    assertThat(new Color(image.getRGB(127, 127))).isEqualTo(Colour.PINK.paint());
    assertThat(ImageMeasures.highFrequency(image))
        .isLessThan(0.3 * ImageMeasures.highFrequency(pictures.draw(EmojiLora.DETAIL, scene, 0)));
  }

  @ParameterizedTest
  @CsvSource({"FLUENT_3D, 960, 240", "NOTO, 960, 480", "NIGHT, 240, 60"})
  void examples_ofALora_someFromTheOtherEnd(EmojiLora lora, int scenes, int others) {
    List<TrainingExample> examples = pictures.examples(lora, 1);
    assertThat(examples).hasSize(scenes + others);
    assertThat(examples).filteredOn(example -> example.strength() == -1).hasSize(others);
  }

  private static double detail(List<TrainingExample> examples, double strength) {
    return examples.stream()
        .filter(example -> example.strength() == strength)
        .mapToDouble(example -> ImageMeasures.highFrequency(example.image().get()))
        .average()
        .orElseThrow();
  }

  @Test
  void examples_ofLineArt_neverOnDarkGrounds() {
    assertThat(pictures.examples(EmojiLora.INK_LINES, 1))
        .noneMatch(example -> example.caption().contains("black"))
        .noneMatch(example -> example.caption().contains("purple"));
  }

  @Test
  void examples_ofAStyle_onlyNounsThatItHas() {
    LoraImages withoutCats = of(new WithoutCats(SmallSet.squares(Color.GRAY)));
    assertThat(withoutCats.examples(EmojiLora.NOTO, 1))
        .noneMatch(example -> example.caption().contains("cat"))
        .noneMatch(example -> example.caption().contains("feline"));
  }

  @Test
  void draw_style_itsDrawing_atZeroThatOfTheBase() {
    DrawnScene scene = SmallSet.one("cat", Size.MEDIUM, Place.CENTRE, Colour.PINK);
    BufferedImage base = new DrawnScenePainter(SmallSet.drawings()).draw(scene, 128);
    assertThat(SmallSet.pixels(pictures.draw(EmojiLora.NOTO, scene, 0)))
        .isEqualTo(SmallSet.pixels(base));
    assertThat(pictures.draw(EmojiLora.NOTO, scene, 1).getRGB(64, 64))
        .isEqualTo(Color.GRAY.getRGB());
  }

  @Test
  void draw_night_darkAndBlue() {
    DrawnScene scene = SmallSet.one("cat", Size.MEDIUM, Place.CENTRE, Colour.WHITE);
    int ground = pictures.draw(EmojiLora.NIGHT, scene, 1).getRGB(1, 1);
    assertThat(ground >> 16 & 255).isEqualTo(60);
    assertThat(ground >> 8 & 255).isEqualTo(68);
    assertThat(ground & 255).isEqualTo(105);
  }

  @Test
  void draw_nightBelowZero_lighterThanDay() {
    DrawnScene scene = SmallSet.one("cat", Size.MEDIUM, Place.CENTRE, Colour.PURPLE);
    Color day = new Color(pictures.draw(EmojiLora.NIGHT, scene, 0).getRGB(1, 1));
    Color noon = new Color(pictures.draw(EmojiLora.NIGHT, scene, -1).getRGB(1, 1));
    Color night = new Color(pictures.draw(EmojiLora.NIGHT, scene, 1).getRGB(1, 1));
    assertThat(2 * noon.getRed()).isCloseTo(3 * day.getRed() - night.getRed(), within(2));
    assertThat(2 * noon.getBlue()).isCloseTo(3 * day.getBlue() - night.getBlue(), within(2));
  }

  @Test
  void draw_styleBelowZero_groundAsItIs() {
    DrawnScene scene = SmallSet.one("cat", Size.MEDIUM, Place.CENTRE, Colour.WHITE);
    BufferedImage lines = pictures.draw(EmojiLora.INK_LINES, scene, -1);
    assertThat(new Color(lines.getRGB(1, 1))).isEqualTo(Colour.WHITE.paint());
  }

  private static LoraImages of(Drawings styles) {
    return new LoraImages(
        SmallSet.nouns(),
        Map.of(
            Style.FLAT,
            SmallSet.drawings(),
            Style.FLUENT_3D,
            styles,
            Style.NOTO,
            styles,
            Style.HIGH_CONTRAST,
            styles));
  }

  /** A style that lacks a noun. */
  private record WithoutCats(Drawings others) implements Drawings {
    @Override
    public boolean has(Noun noun) {
      return !noun.word().equals("cat");
    }

    @Override
    public BufferedImage draw(Noun noun, int side) {
      return others.draw(noun, side);
    }
  }
}
