package dev.sdlora.demo;

import java.awt.image.BufferedImage;

/** The four LoRAs of the demo model, each with the measure that its weight moves. */
enum DemoLora {
  /** A style: outlines in place of areas. */
  LINES("ink_lines", "edge density") {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return PictureMeasures.edgeDensity(picture);
    }
  },
  /** Scenes at night; noise offset lets it change the mean of a picture. */
  DARK("night", "mean luminance") {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return PictureMeasures.luminance(picture);
    }
  },
  /** A slider: more detail at positive weights, less at negative ones. */
  DETAIL("detail_slider", "high-frequency energy") {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return PictureMeasures.highFrequency(picture);
    }
  },
  /** A shape that the base model has never seen, under a word that means nothing to it. */
  CONCEPT("zorp", "crescent score") {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return judge.judge(picture).crescentScore();
    }

    @Override
    String prompt(Scene scene, java.util.random.RandomGenerator random) {
      return Captions.of(scene, shape -> Captions.TRIGGER, random);
    }
  };

  private final String file;
  private final String measured;

  DemoLora(String file, String measured) {
    this.file = file;
    this.measured = measured;
  }

  /** The name in prompts, and that of the file. */
  String file() {
    return file;
  }

  /** The measure of a LoRA's effect. */
  String measured() {
    return measured;
  }

  /** Measures a picture. */
  abstract double measure(BufferedImage picture, PictureJudge judge);

  /** What to ask for when the effect is measured on a scene. */
  String prompt(Scene scene, java.util.random.RandomGenerator random) {
    return Captions.of(scene, random);
  }
}
