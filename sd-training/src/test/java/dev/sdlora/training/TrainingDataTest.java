package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.family.TrainedFamily;
import dev.sdlora.training.option.BucketOptions;
import dev.sdlora.training.option.CaptionOptions;
import dev.sdlora.training.setting.TrainingSettings;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training runs with buckets, masks, flips, changing captions and a cache. */
@Timeout(600)
class TrainingDataTest {
  /** Sizes of 64x128, 96x96 and 128x64 for a resolution of 96x96. */
  private static final BucketOptions BUCKETS = new BucketOptions(64, 128, 32, true);

  @TempDir private Path folder;

  private static BufferedImage image(int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(width / 4, height / 4, width / 3, height / 2);
    graphics.dispose();
    return image;
  }

  private static TrainingSet set() {
    return TrainingSet.of(
        List.of(
            TrainingExample.of(image(128, 64, Color.RED), "a red disc, flat, disc").withRepeats(2),
            TrainingExample.of(image(64, 128, Color.BLUE), "a blue disc, a disc"),
            TrainingExample.of(image(130, 66, Color.GREEN), "a green disc, flat, a disc"),
            TrainingExample.of(Fixtures.disc(Color.RED), "a disc, red, flat")));
  }

  /** A training run with all options for data. */
  private LoraTrainerBuilder everything(String name) {
    return Fixtures.trainer(folder.resolve(name + ".safetensors"))
        .name("discs")
        .trainingSet(set())
        .size(new ImageSize(96, 96))
        .batchSize(2)
        .steps(6)
        .buckets(BUCKETS)
        .flips(true)
        .maskedLoss(0.1)
        .captions(new CaptionOptions(true, 1, 0.3, 0.1))
        .priorPreservation(Fixtures.discs(), 0.5)
        .cache(folder.resolve("cache"))
        .resume(true);
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name + ".safetensors"));
  }

  private static PreparedData prepare(LoraTrainerBuilder builder) {
    return PreparedData.of(new Assembly(builder).settings(), () -> false);
  }

  @Tag("slow")
  @Test
  void train_withEverything_resumedIsTheUnbrokenRunToTheByte() throws IOException {
    ResumeTest.trainWith(everything("a"), 3, LoraTrainer::cancel);
    everything("a").build().train();
    everything("b").build().train();

    assertThat(bytes("a")).isEqualTo(bytes("b"));
  }

  @Tag("slow")
  @Test
  void train_withEverythingAndTextEncoder_resumedIsTheUnbrokenRunToTheByte() throws IOException {
    ResumeTest.trainWith(everything("a").textEncoder(true), 4, LoraTrainer::cancel);
    everything("a").textEncoder(true).build().train();
    everything("b").textEncoder(true).build().train();

    assertThat(bytes("a")).isEqualTo(bytes("b"));
  }

  private static Settings counted(Settings settings, AtomicInteger encoders) {
    TrainedFamily family =
        (TrainedFamily)
            Proxy.newProxyInstance(
                TrainedFamily.class.getClassLoader(),
                new Class<?>[] {TrainedFamily.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("imageEncoder")) {
                    encoders.incrementAndGet();
                  }
                  try {
                    return method.invoke(settings.family(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Settings(
        family,
        settings.pipeline(),
        settings.set(),
        settings.slider(),
        settings.prior(),
        settings.cache(),
        settings.adapter(),
        settings.recipe(),
        settings.outputs(),
        settings.validation(),
        settings.listener(),
        settings.clock());
  }

  @Tag("slow")
  @Test
  void train_secondTimeWithACache_runsNoAutoencoderAndGivesTheSameBytes() throws IOException {
    AtomicInteger encoders = new AtomicInteger();
    new TrainingRun(counted(new Assembly(everything("a")).settings(), encoders)).run();
    assertThat(encoders).hasValue(1);
    new TrainingRun(counted(new Assembly(everything("b")).settings(), encoders)).run();
    assertThat(encoders).hasValue(1);
    LoraTrainerBuilder uncached = everything("c");
    uncached.remove(TrainingSettings.CACHE);
    new TrainingRun(counted(new Assembly(uncached).settings(), encoders)).run();
    assertThat(encoders).hasValue(2);

    assertThat(bytes("a")).isEqualTo(bytes("b")).isEqualTo(bytes("c"));
  }

  @Test
  void prepare_damagedCache_isComputedAgain() throws IOException {
    PreparedData first = prepare(everything("a"));
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder.resolve("cache"))) {
      files = listed.toList();
    }
    // Seven images, of which two are the same, and their mirror images; seven captions and the
    // empty one.
    assertThat(files).filteredOn(file -> file.toString().contains("image-")).hasSize(12);
    assertThat(files).filteredOn(file -> file.toString().contains("text-")).hasSize(8);
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 1] ^= 1;
      Files.write(file, bytes);
    }

    assertThat(latents(prepare(everything("a")))).isEqualTo(latents(first));
  }

  private static List<List<Float>> latents(PreparedData data) {
    List<List<Float>> latents = new ArrayList<>();
    for (Example example : data.examples()) {
      List<Float> values = new ArrayList<>();
      for (float value : example.image().latent()) {
        values.add(value);
      }
      latents.add(values);
    }
    return latents;
  }

  @Test
  void prepare_buckets_areTheSizesOfLatentsAndMasks() {
    List<Example> examples = prepare(everything("a")).examples();

    assertThat(examples)
        .extracting(example -> example.image().sizes().targetWidth())
        .containsExactly(128, 64, 128, 96, 96, 96, 96);
    Example wide = examples.get(0);
    assertThat(wide.image().rows() * 2 * wide.image().rows())
        .isEqualTo(wide.image().latent().length / 4);
    assertThat(wide.repeats()).isEqualTo(2);
    assertThat(wide.priorWeight()).isEmpty();
    assertThat(examples.get(6).priorWeight()).hasValue(0.5);
    assertThat(examples.get(4).image().mask()).isEmpty();
    float[] mask = wide.image().mask();
    assertThat(mask).hasSize(wide.image().latent().length / 4);
    assertThat(mask[0]).isEqualTo(0.1f);
    float[] mirrored = wide.mirrored().orElseThrow().mask();
    int columns = mask.length / wide.image().rows();
    for (int i = 0; i < mask.length; i++) {
      assertThat(mirrored[i]).isEqualTo(mask[i - i % columns + columns - 1 - i % columns]);
      assertThat(mask[i]).isBetween(0.1f, 1f);
    }
  }

  @Test
  void digest_ofOtherMasksAndRepeats_differs() {
    TrainingExample disc = TrainingExample.of(Fixtures.disc(Color.RED), "a disc");
    TrainingExample clear = TrainingExample.of(image(64, 64, Color.WHITE), "a disc");
    TrainingExample white =
        TrainingExample.of(image(64, 64, new Color(255, 255, 255, 1)), "a disc");

    assertThat(
            Stream.of(disc, disc.withRepeats(2), disc.withStrength(-1), clear, white)
                .map(
                    example ->
                        prepare(
                                Fixtures.trainer(folder.resolve("a.safetensors"))
                                    .maskedLoss(0)
                                    .trainingSet(TrainingSet.of(List.of(example))))
                            .digest()))
        .doesNotHaveDuplicates();
  }

  @Test
  void steps_ofEpochsInBuckets_countTheBatchesOfEach() {
    LoraTrainerBuilder builder =
        Fixtures.trainer(folder.resolve("a.safetensors"))
            .trainingSet(set())
            .size(new ImageSize(96, 96))
            .batchSize(2)
            .buckets(BUCKETS);

    // Three wide images, one high and one square.
    assertThat(builder.epochs(3).build().steps()).isEqualTo(3 * (2 + 1 + 1));
    // As many images of the class, which are all square.
    assertThat(builder.priorPreservation(Fixtures.discs(), 1).build().steps())
        .isEqualTo(3 * (2 + 1 + 3));
  }

  @Test
  void build_bucketsThatDoNotHoldTheResolution_areRefused() {
    assertThatThrownBy(
            () ->
                Fixtures.trainer(folder.resolve("a.safetensors"))
                    .buckets(new BucketOptions(128, 1024, 64, true))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "least of buckets must be at most the shorter side of the training resolution, 64:"
                + " 128");
  }

  @Test
  void build_usualBucketsAtASmallResolution_becomeSmaller() {
    TrainingPlan plan =
        Fixtures.trainer(folder.resolve("a.safetensors"))
            .trainingSet(set())
            .size(new ImageSize(128, 128))
            .buckets(BucketOptions.DEFAULTS)
            .build()
            .plan();

    assertThat(plan.buckets()).hasSizeGreaterThan(1);
  }

  @Test
  void plan_imagesThatAreTooSmall_areListed() {
    LoraTrainer trainer =
        Fixtures.trainer(folder.resolve("a.safetensors"))
            .trainingSet(
                TrainingSet.of(
                    List.of(
                        TrainingExample.of(
                            new BufferedImage(8, 90, BufferedImage.TYPE_INT_RGB), "a disc"))))
            .build();

    assertThatThrownBy(trainer::plan)
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("8x90 pixels, expected at least 64");
  }
}
