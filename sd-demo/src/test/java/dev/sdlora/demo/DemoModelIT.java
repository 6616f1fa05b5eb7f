package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSpecBuilder;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainedModules;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small part of what {@link EvaluateDemoModel} measures, and a LoRA trained on the spot. */
final class DemoModelIT {
  private static final int PICTURES = 4;

  private static Pipeline pipeline;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @Test
  void prompts_groundsColoursAndShapesAsAsked() {
    PictureJudge judge = new PictureJudge();
    PromptScores scores = new PromptScores();
    SceneSource scenes = new SceneSource(9);
    for (int i = 0; i < 16; i++) {
      Scene scene = scenes.heldOut();
      String prompt = Captions.of(scene, new SplittableRandom(i));
      scores.add(scene, judge.judge(generate(spec(prompt, i)).toBufferedImage()));
    }
    assertThat(scores.ground()).isGreaterThan(0.9);
    assertThat(scores.colour()).isGreaterThan(0.85);
    assertThat(scores.shape()).isGreaterThan(0.75);
  }

  @Test
  void loras_effectGrowsWithWeight_andWeightZeroIsNoLora() {
    LoraAdapter night = pipeline.loras().find("night");
    assertThat(mean(PictureMeasures::luminance, night.withStrength(1)))
        .isLessThan(mean(PictureMeasures::luminance, night.withStrength(0.5)));
    LoraAdapter detail = pipeline.loras().find("detail_slider");
    assertThat(mean(PictureMeasures::highFrequency, detail.withStrength(1)))
        .isGreaterThan(mean(PictureMeasures::highFrequency, detail.withStrength(-1)));
    PromptSpec plain = spec("a red star on a white background", 3);
    PromptSpec off = plain.toBuilder().lora(night.withStrength(0)).build();
    assertThat(generate(off).rgb()).isEqualTo(generate(plain).rgb());
  }

  @Test
  void twoLoras_showBothEffects() {
    LoraAdapter lines = pipeline.loras().find("ink_lines");
    LoraAdapter night = pipeline.loras().find("night");
    assertThat(mean(PictureMeasures::edgeDensity, lines, night))
        .isGreaterThan(1.2 * mean(PictureMeasures::edgeDensity, night));
    assertThat(mean(PictureMeasures::luminance, lines, night))
        .isLessThan(0.6 * mean(PictureMeasures::luminance, lines));
  }

  @Test
  void loraTrainedHere_lossFalls_andPicturesAreAsTrained() {
    SceneSource scenes = new SceneSource(4);
    TrainingSet night =
        TrainingSet.of(
            IntStream.range(0, 16)
                .mapToObj(i -> scenes.training().withLook(Look.DARK))
                .map(scene -> example(scene))
                .toList());
    Path file = folder.resolve("dusk.safetensors");
    TrainingResult result =
        LoraTrainer.builder()
            .checkpoint(DemoModel.checkpoint())
            .trainingSet(night)
            .output(file)
            .rank(4)
            .modules(TrainedModules.CONVOLUTIONS)
            .steps(80)
            .batchSize(4)
            .learningRate(3e-3)
            .noiseOffset(0.15)
            .build()
            .train();
    assertThat(result.lastLoss()).isLessThan(result.firstLoss());
    LoraAdapter dusk = LoraAdapter.open(file);
    assertThat(mean(PictureMeasures::luminance, dusk))
        .isLessThan(0.8 * mean(PictureMeasures::luminance, dusk.withStrength(0)));
  }

  private static TrainingExample example(Scene scene) {
    return TrainingExample.of(scene.draw(128), Captions.of(scene, new SplittableRandom(1)));
  }

  /** The mean of a measure over a few pictures with LoRAs. */
  private static double mean(ToDoubleFunction<BufferedImage> measure, LoraAdapter... loras) {
    SceneSource scenes = new SceneSource(6);
    double sum = 0;
    for (int i = 0; i < PICTURES; i++) {
      String prompt = Captions.of(scenes.training(), new SplittableRandom(i));
      PromptSpecBuilder spec = spec(prompt, i).toBuilder();
      for (LoraAdapter lora : loras) {
        spec.lora(lora);
      }
      sum += measure.applyAsDouble(generate(spec.build()).toBufferedImage());
    }
    return sum / PICTURES;
  }

  private static PromptSpec spec(String prompt, long seed) {
    return PromptSpec.builder().prompt(prompt).steps(15).cfgScale(4).seed(seed).build();
  }

  private static GeneratedImage generate(PromptSpec spec) {
    return pipeline.generate(spec).first();
  }
}
