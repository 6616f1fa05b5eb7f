package dev.sdlora.examples.demo;

import java.awt.image.BufferedImage;

/** The four LoRAs of the demo model, each with the measure that its weight moves. */
enum DemoLora {
  /** A style: outlines in place of areas. */
  LINES("ink_lines", "edge density", 1) {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return PictureMeasures.edgeDensity(picture);
    }
  },
  /** Scenes at night; noise offset lets it change the mean of a picture. */
  DARK("night", "mean luminance", -1) {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return PictureMeasures.luminance(picture);
    }
  },
  /** A slider: more detail at positive weights, less at negative ones. */
  DETAIL("detail_slider", "high-frequency energy", 1) {
    @Override
    double measure(BufferedImage picture, PictureJudge judge) {
      return PictureMeasures.highFrequency(picture);
    }
  },
  /** A shape that the base model has never seen, under a word that means nothing to it. */
  CONCEPT("zorp", "crescent score", 1) {
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
  private final int direction;

  DemoLora(String file, String measured, int direction) {
    this.file = file;
    this.measured = measured;
    this.direction = direction;
  }

  /** The name in prompts, and that of the file. */
  String file() {
    return file;
  }

  /** What is measured. */
  String measured() {
    return measured;
  }

  /** 1 if the measure grows with the weight, -1 if it falls. */
  int direction() {
    return direction;
  }

  /** Measures a picture. */
  abstract double measure(BufferedImage picture, PictureJudge judge);

  /** What to ask for when the effect is measured on a scene. */
  String prompt(Scene scene, java.util.random.RandomGenerator random) {
    return Captions.of(scene, random);
  }
}
