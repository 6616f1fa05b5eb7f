package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.option.TrainedModules;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of the bundled model, of its LoRAs, and of a LoRA trained on the spot. */
final class DemoModelIT {
  /** Prompts that LoRAs of drawings are tested with. */
  private static final List<String> THINGS =
      List.of(
          "a cat on a blue background",
          "a house on a pink background",
          "a rocket on a purple background",
          "a frog on an orange background");

  private static Pipeline pipeline;
  private static List<BufferedImage> atNight;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .concurrency(Runtime.getRuntime().availableProcessors())
            .build();
    atNight = images(THINGS, pipeline.loras().find("night"));
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @Test
  void generate_promptAlone_drawsWithWhatTheCheckpointRecommends() {
    assertThat(pipeline.checkpoint().defaults().cfgScale()).isEqualTo(4);
    assertThat(pipeline.generate("a fox <lora:noto:0.5>").first().infotext())
        .startsWith("a fox <lora:noto:0.5>\n")
        .contains("CFG scale: 4,", "Size: 128x128");
  }

  @Test
  void checkpoint_givenAsAFile_isOpened() {
    try (Pipeline other = Pipeline.builder().checkpoint(DemoModel.checkpoint()).build()) {
      assertThat(other.checkpoint()).isEqualTo(pipeline.checkpoint());
    }
  }

  @Test
  void prompts_groundsColoursAndShapesAsAsked() {
    SceneSource source = new SceneSource(9);
    List<Scene> scenes =
        Stream.generate(source::heldOut).filter(scene -> !scene.isPair()).limit(10).toList();
    List<PromptSpec> specs = new ArrayList<>();
    for (int i = 0; i < scenes.size(); i++) {
      specs.add(spec(Captions.of(scenes.get(i), new SplittableRandom(i)), i));
    }
    List<BufferedImage> images = drawn(specs);
    int grounds = 0;
    int colours = 0;
    int shapes = 0;
    for (int i = 0; i < scenes.size(); i++) {
      Scene scene = scenes.get(i).withDetail(0);
      Thing thing = scene.first();
      Stream<Scene> otherGrounds =
          Stream.of(Colour.values())
              .filter(colour -> colour != thing.colour())
              .map(colour -> new Scene(scene.things(), colour, 0, SceneStyle.PLAIN, scene.seed()));
      Stream<Scene> otherColours =
          Stream.of(Colour.values())
              .filter(colour -> colour != scene.ground())
              .map(colour -> with(scene, thing.shape(), colour));
      Stream<Scene> otherShapes =
          Shape.base().stream().map(shape -> with(scene, shape, thing.colour()));
      BufferedImage image = images.get(i);
      grounds += nearest(otherGrounds, image).ground() == scene.ground() ? 1 : 0;
      colours += nearest(otherColours, image).first().colour() == thing.colour() ? 1 : 0;
      shapes += nearest(otherShapes, image).first().shape() == thing.shape() ? 1 : 0;
    }
    assertThat(grounds).isGreaterThanOrEqualTo(9);
    assertThat(colours).isGreaterThanOrEqualTo(9);
    assertThat(shapes).isGreaterThanOrEqualTo(8);
  }

  private static Scene with(Scene scene, Shape shape, Colour colour) {
    Thing thing = scene.first();
    return scene.withThings(List.of(new Thing(shape, colour, thing.size(), thing.place())));
  }

  /** Returns the scene whose painting differs least from an image. */
  private static Scene nearest(Stream<Scene> scenes, BufferedImage image) {
    return scenes
        .min(Comparator.comparingDouble(scene -> difference(scene.draw(128), image)))
        .orElseThrow();
  }

  private static double difference(BufferedImage one, BufferedImage other) {
    double sum = 0;
    for (int i = 0; i < 128 * 128; i++) {
      Color a = new Color(one.getRGB(i % 128, i / 128));
      Color b = new Color(other.getRGB(i % 128, i / 128));
      sum +=
          Math.abs(a.getRed() - b.getRed())
              + Math.abs(a.getGreen() - b.getGreen())
              + Math.abs(a.getBlue() - b.getBlue());
    }
    return sum;
  }

  @Test
  void loras_effectGrowsWithWeight_andWeightZeroIsNoLora() {
    LoraAdapter night = pipeline.loras().find("night");
    assertThat(mean(ImageMeasures::luminance, atNight))
        .isLessThan(mean(ImageMeasures::luminance, images(THINGS, night.withStrength(0.5))));
    LoraAdapter detail = pipeline.loras().find("detail_slider");
    assertThat(mean(ImageMeasures::highFrequency, images(THINGS, detail)))
        .isGreaterThan(mean(ImageMeasures::highFrequency, images(THINGS, detail.withStrength(-1))));
    PromptSpec plain = spec("a red star on a white background", 3);
    PromptSpec off = plain.toBuilder().lora(night.withStrength(0)).build();
    assertThat(generate(off).rgb()).isEqualTo(generate(plain).rgb());
  }

  @Test
  void twoLoras_showBothEffects() {
    LoraAdapter detail = pipeline.loras().find("detail_slider");
    LoraAdapter night = pipeline.loras().find("night");
    List<BufferedImage> both = images(THINGS, detail, night);
    assertThat(mean(ImageMeasures::highFrequency, both))
        .isGreaterThan(1.2 * mean(ImageMeasures::highFrequency, atNight));
    assertThat(mean(ImageMeasures::luminance, both))
        .isLessThan(0.6 * mean(ImageMeasures::luminance, images(THINGS, detail)));
  }

  @Test
  void loraTrainedHere_lossFalls_andPicturesAreAsTrained() {
    SceneSource scenes = new SceneSource(4);
    TrainingSet night =
        TrainingSet.of(
            IntStream.range(0, 16)
                .mapToObj(i -> scenes.training().withStyle(SceneStyle.DARK))
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
            .steps(40)
            .batchSize(4)
            .learningRate(3e-3)
            .noiseOffset(0.15)
            .build()
            .train();
    assertThat(result.lastLoss()).isLessThan(result.firstLoss());
    LoraAdapter dusk = LoraAdapter.open(file);
    List<String> prompts =
        night.examples().stream().limit(4).map(TrainingExample::caption).toList();
    assertThat(mean(ImageMeasures::luminance, images(prompts, dusk)))
        .isLessThan(0.8 * mean(ImageMeasures::luminance, images(prompts)));
  }

  private static TrainingExample example(Scene scene) {
    return TrainingExample.of(scene.draw(128), Captions.of(scene, new SplittableRandom(1)));
  }

  private static double mean(
      ToDoubleFunction<BufferedImage> measure, List<BufferedImage> pictures) {
    return pictures.stream().mapToDouble(measure).average().orElseThrow();
  }

  private static List<BufferedImage> images(List<String> prompts, LoraAdapter... loras) {
    List<PromptSpec> specs = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      PromptSpec.Builder spec = spec(prompts.get(i), i).toBuilder();
      for (LoraAdapter lora : loras) {
        spec.lora(lora);
      }
      specs.add(spec.build());
    }
    return drawn(specs);
  }

  /** Several images at once, each on a processor of its own. */
  private static List<BufferedImage> drawn(List<PromptSpec> specs) {
    List<CompletableFuture<GenerationResult>> results =
        specs.stream().map(pipeline::generateAsync).toList();
    return results.stream().map(result -> result.join().first().toBufferedImage()).toList();
  }

  private static PromptSpec spec(String prompt, long seed) {
    return PromptSpec.builder().prompt(prompt).steps(10).cfgScale(4).seed(seed).build();
  }

  private static GeneratedImage generate(PromptSpec spec) {
    return pipeline.generate(spec).first();
  }
}
