package dev.sdlora.pipeline.detail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.MemoryPolicy;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.TinyPipeline;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.RequestPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that details are painted as the same inpainting requests by hand. */
@Timeout(600)
class DetailPassesTest {
  private static final PromptSpec SPEC = TinyPipeline.SPEC;
  private static final Detector.Found LEFT = found(8, 16, 20, 30, 0.9, "face");
  private static final Detector.Found RIGHT = found(40, 34, 54, 52, 0.8, "hand");

  private static final AtomicInteger CLOSED = new AtomicInteger();

  private static Pipeline pipeline;
  private static Image plain;
  private static int arrays;

  /** A detector that returns the same finds for all images. */
  private record Fixed(String name, List<Found> finds) implements Detector {
    @Override
    public List<Found> find(Image image, double confidence) {
      return finds;
    }

    @Override
    public void close() {
      CLOSED.incrementAndGet();
    }
  }

  /** A detector that knows its labels, as those of files do. */
  private record Labelled(String name, List<String> labels, List<Found> finds) implements Detector {
    @Override
    public List<Found> find(Image image, double confidence) {
      return finds;
    }
  }

  private record Broken(String name) implements Detector {
    @Override
    public List<Found> find(Image image, double confidence) {
      throw new IllegalStateException("the network is damaged");
    }
  }

  private static Detector.Found found(
      double left, double top, double right, double bottom, double confidence, String label) {
    return new Detector.Found(left, top, right, bottom, confidence, label, Optional.empty());
  }

  private static Pipeline.Builder builder() {
    return Fixtures.float32()
        .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
        .loraDirectory(Fixtures.LORAS)
        .detector(new Fixed("left", List.of(LEFT)))
        .detector(new Fixed("both", List.of(LEFT, RIGHT)))
        .detector(new Fixed("nothing", List.of()))
        .detector(
            new Fixed(
                "outside",
                List.of(
                    found(-30, -20, 12, 10, 0.9, ""),
                    found(70, 70, 90, 90, 0.8, ""),
                    found(50, 56, Double.POSITIVE_INFINITY, 900, 0.7, ""))))
        .detector(new Broken("broken"))
        .detector(new Labelled("parts", List.of("face", "hand"), List.of(LEFT, RIGHT)))
        .detector(
            new Labelled(
                "coco", IntStream.range(0, 80).mapToObj(i -> "c" + i).toList(), List.of()));
  }

  @BeforeAll
  static void open() {
    pipeline = builder().concurrency(2).build();
    arrays = TinyPipeline.arraysOnceEncoded(pipeline);
    plain = draw(SPEC);
  }

  @AfterEach
  void countArrays() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    assertThat(draw(SPEC).rgb()).isEqualTo(plain.rgb());
  }

  @AfterAll
  static void close() {
    pipeline.close();
    assertThat(CLOSED).hasValue(0);
  }

  private static Image draw(PromptSpec spec) {
    return pipeline.generate(spec).first().image();
  }

  private static DetailPass.Builder pass(String detector) {
    return DetailPass.builder(detector).padding(4).maskBlur(2);
  }

  private static PromptSpec with(DetailPass.Builder... passes) {
    PromptSpec.Builder spec = SPEC.toBuilder();
    for (DetailPass.Builder pass : passes) {
      spec.detailPass(pass.build());
    }
    return spec.build();
  }

  /** Returns the mask of a box, dilated by 4 pixels as in OpenCV: 2 to one side, 1 to the other. */
  private static Image mask(Detector.Found found) {
    byte[] rgb = new byte[3 * 64 * 64];
    for (int y = Math.max(0, (int) found.top() - 1); y <= Math.min(63, found.bottom() + 2); y++) {
      for (int x = Math.max(0, (int) found.left() - 1); x <= Math.min(63, found.right() + 2); x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * (64 * y + x) + c] = (byte) 255;
        }
      }
    }
    return Image.of(64, 64, rgb);
  }

  private static PromptSpec byHand(PromptSpec spec, Image image, Detector.Found found) {
    return spec.toBuilder()
        .imageToImage(
            ImageToImage.builder(image)
                .denoisingStrength(0.4)
                .inpainting(
                    Inpainting.builder(mask(found)).maskBlur(2).onlyMasked(true).padding(4).build())
                .build())
        .build();
  }

  @Test
  void generate_find_isPaintedAsByHand() {
    Image detailed = draw(with(pass("left")));

    assertThat(detailed.rgb()).isEqualTo(draw(byHand(SPEC, plain, LEFT)).rgb());
    List<Integer> changed = changedColumns(detailed);
    assertThat(changed).isNotEmpty().allMatch(column -> column >= 1 && column < 28);
  }

  private static List<Integer> changedColumns(Image detailed) {
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < 3 * 64 * 64; i++) {
      if (detailed.rgb()[i] != plain.rgb()[i]) {
        columns.add(i / 3 % 64);
      }
    }
    return columns;
  }

  @Test
  void generate_twoFinds_arePaintedInOrderWithTheirSeedsAndPrompts() {
    Image detailed =
        draw(
            with(
                pass("both")
                    .prompt("a dog [SEP] [PROMPT], a hand")
                    .negativePrompt("[PROMPT], dull")
                    .steps(6)
                    .cfgScale(5)
                    .sampler(Sampler.EULER_A)
                    .clipSkip(2)));

    PromptSpec own =
        SPEC.toBuilder()
            .negativePrompt("ugly, dull")
            .steps(6)
            .cfgScale(5)
            .sampler(Sampler.EULER_A)
            .clipSkip(2)
            .build();
    Image first = draw(byHand(own.toBuilder().prompt("a dog").build(), plain, LEFT));
    Image second =
        draw(byHand(own.toBuilder().prompt("a cat, a hand").seed(6).build(), first, RIGHT));
    assertThat(detailed.rgb()).isEqualTo(second.rgb());
  }

  @Tag("slow")
  @Test
  void generate_variation_countsBothSeeds() {
    PromptSpec varied = SPEC.toBuilder().variation(Variation.of(9, 0.3)).build();
    Image start = draw(varied);

    Image detailed = draw(varied.toBuilder().detailPass(pass("both").build()).build());

    Image first = draw(byHand(varied, start, LEFT));
    PromptSpec next = varied.toBuilder().seed(6).variation(Variation.of(10, 0.3)).build();
    assertThat(detailed.rgb()).isEqualTo(draw(byHand(next, first, RIGHT)).rgb());
  }

  @Test
  void generate_sameSeed_isThatOfTheImageForAllFinds() {
    Image detailed = draw(with(pass("both").sameSeed(true)));

    Image first = draw(byHand(SPEC, plain, LEFT));
    assertThat(detailed.rgb()).isEqualTo(draw(byHand(SPEC, first, RIGHT)).rgb());
  }

  @Test
  void check_labelThatTheDetectorLacks_isRefusedWithThoseThatItHas() {
    assertThat(pipeline.check(with(pass("parts").labels(List.of("Hand "))))).isEmpty();
    assertThat(pipeline.check(with(pass("both").labels(List.of("person"))))).isEmpty();
    assertThatThrownBy(() -> pipeline.check(with(pass("parts").labels(List.of("hand", "fase")))))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage(
            "detail pass 'parts': detector 'parts' finds no 'fase'; it finds 'face', 'hand'; did"
                + " you mean 'face'?");
    assertThatThrownBy(() -> pipeline.check(with(pass("coco").labels(List.of("person")))))
        .hasMessageEndingWith(
            "it finds '%s' and 60 more",
            IntStream.range(0, 20).mapToObj(i -> "c" + i).collect(Collectors.joining("', '")));
  }

  @Test
  void generate_unknownLabelInALenientRequest_isIgnoredWithAWarning() {
    PromptSpec both = with(pass("parts").labels(List.of("hand", "person")));

    GenerationResult result = pipeline.generate(both.toBuilder().lenient(true).build());

    PromptSpec hand = with(pass("parts").labels(List.of("hand")));
    assertThat(result.first().rgb()).isEqualTo(draw(hand).rgb());
    assertThat(result.warnings())
        .containsExactly(
            "detail pass 'parts' ignores a label: detector 'parts' finds no 'person'; it finds"
                + " 'face', 'hand'");
    PromptSpec none = with(pass("parts").labels(List.of("person")));
    assertThat(draw(none.toBuilder().lenient(true).build()).rgb())
        .isEqualTo(draw(with(pass("parts"))).rgb());
  }

  @Test
  void generate_skippedFind_isLeftAsItIs() {
    Image detailed = draw(with(pass("both").prompt("[SKIP][SEP]a dog")));

    PromptSpec second = SPEC.toBuilder().prompt("a dog").seed(6).build();
    assertThat(detailed.rgb()).isEqualTo(draw(byHand(second, plain, RIGHT)).rgb());
  }

  @Test
  void generate_twoPasses_runOneAfterAnother() {
    Image detailed = draw(with(pass("left"), pass("both").labels(List.of("HAND"))));

    Image first = draw(byHand(SPEC, plain, LEFT));
    assertThat(detailed.rgb()).isEqualTo(draw(byHand(SPEC, first, RIGHT)).rgb());
  }

  @ParameterizedTest
  @EnumSource(LoraMode.class)
  void generate_loraOfADetail_leavesNoTrace(LoraMode mode) {
    PromptSpec spec =
        with(pass("left").prompt("a dog <lora:tiny_lora:0.8>")).toBuilder().loraMode(mode).build();

    GenerationResult two = pipeline.generate(spec.toBuilder().images(2).build());

    assertThat(two.images().get(0).rgb()).isEqualTo(draw(spec).rgb());
    assertThat(two.images().get(1).rgb()).isEqualTo(draw(spec.toBuilder().seed(6).build()).rgb());
    assertThat(two.loras()).extracting(LoraReport::name).containsExactly("tiny_lora");
    assertThat(two.images().get(0).infotext()).contains("Lora hashes: \"tiny_lora: ");
    Image hand =
        draw(
            byHand(
                SPEC.toBuilder().prompt("a dog <lora:tiny_lora:0.8>").loraMode(mode).build(),
                plain,
                LEFT));
    assertThat(two.images().get(0).rgb()).isEqualTo(hand.rgb());
  }

  @Test
  void generate_loraOfTheRequest_isTakenOffForADetailOfItsOwn() {
    PromptSpec inked = SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.8>").build();
    Image start = draw(inked);

    Image detailed =
        draw(inked.toBuilder().detailPass(pass("left").prompt("a dog").build()).build());

    PromptSpec dog = SPEC.toBuilder().prompt("a dog").build();
    assertThat(detailed.rgb()).isEqualTo(draw(byHand(dog, start, LEFT)).rgb());
  }

  @Tag("slow")
  @Test
  void generate_eightAtOnce_areTheSameImages() {
    List<PromptSpec> specs =
        List.of(
            SPEC,
            with(pass("left")),
            with(pass("left").prompt("a dog <lora:tiny_lora:0.8>")),
            SPEC.toBuilder().prompt("a cat <lora:tiny_lora:0.3>").build());
    List<byte[]> alone = specs.stream().map(spec -> draw(spec).rgb()).toList();
    try (Pipeline wide = builder().concurrency(8).loraMode(LoraMode.PATCHED).build()) {
      List<CompletableFuture<GenerationResult>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        running.add(wide.generateAsync(specs.get(i % 4)));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(running.get(i).join().first().rgb()).isEqualTo(alone.get(i % 4));
      }
    }
  }

  @Test
  void generate_cancelledInADetail_leavesNothing() {
    PromptSpec spec = with(pass("both").prompt("<lora:tiny_lora:1> a dog"));
    CompletableFuture<CompletableFuture<GenerationResult>> running = new CompletableFuture<>();
    List<Throwable> causes = new ArrayList<>();
    CompletableFuture<GenerationResult> future =
        pipeline.generateAsync(
            spec,
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                if (step.number() == 5) {
                  running.join().cancel(true);
                }
              }

              @Override
              public void generationFailed(Throwable cause) {
                causes.add(cause);
              }
            });
    running.complete(future);

    assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    assertThat(draw(SPEC).rgb()).isEqualTo(plain.rgb());
    assertThat(causes).singleElement().isInstanceOf(GenerationCancelledException.class);
  }

  @Test
  void generate_failingListenerInADetail_leavesNothing() {
    assertThatThrownBy(
            () ->
                pipeline.generate(
                    with(pass("both").prompt("<lora:tiny_lora:1> a dog")),
                    TinyPipeline.inStep(
                        6,
                        () -> {
                          throw new IllegalStateException("enough");
                        })))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
  }

  @Test
  void generate_brokenDetector_failsWithItsName() {
    assertThatThrownBy(() -> draw(with(pass("broken"))))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage("detector 'broken' failed on image 1: the network is damaged");
  }

  @Test
  void generate_boxesOutside_areCutAtTheEdges() {
    Image detailed = draw(with(pass("outside")));

    Image first = draw(byHand(SPEC, plain, found(0, 0, 12, 10, 0.9, "")));
    PromptSpec next = SPEC.toBuilder().seed(6).build();
    assertThat(detailed.rgb())
        .isEqualTo(draw(byHand(next, first, found(50, 56, 64, 64, 0.7, ""))).rgb());
  }

  @Test
  void generate_nothingFound_isAWarning() {
    PromptSpec spec = with(pass("nothing")).toBuilder().images(2).build();

    GenerationResult result = pipeline.generate(spec);

    assertThat(result.first().rgb()).isEqualTo(plain.rgb());
    assertThat(result.warnings())
        .contains(
            "detail pass 'nothing' found nothing in image 1 (confidence 0.3)",
            "detail pass 'nothing' found nothing in image 2 (confidence 0.3)");
  }

  @Test
  void generate_details_countTheirSteps() {
    List<String> events = new ArrayList<>();
    pipeline.generate(
        with(pass("both").steps(5)),
        new GenerationListener() {
          @Override
          public void stepEnd(Step step, Supplier<Image> preview) {
            events.add(step.number() + "/" + step.total());
            assertThat(preview.get().width()).isEqualTo(8);
          }

          @Override
          public void imageEnd(int index, GeneratedImage image) {
            events.add("end " + index);
          }
        });

    assertThat(events)
        .containsExactly(
            "1/4", "2/4", "3/4", "4/4", "5/10", "6/10", "7/10", "8/10", "9/10", "10/10", "end 0");
  }

  @Test
  void generate_earlyEnd_skipsFurtherDetails() {
    AtomicInteger steps = new AtomicInteger();
    GenerationResult result =
        pipeline.generate(
            with(pass("left").steps(5), pass("both")),
            new GenerationListener() {
              @Override
              public void stepEnd(Step step, Supplier<Image> preview) {
                steps.set(step.number());
              }

              @Override
              public boolean endsEarly() {
                return steps.get() >= 7;
              }
            });

    assertThat(steps).hasValue(7);
    PromptSpec first = SPEC.toBuilder().steps(5).build();
    assertThat(result.first().rgb()).isEqualTo(draw(byHand(first, plain, LEFT)).rgb());
  }

  @Test
  void generate_upscaling_followsTheDetails() {
    Image detailed = draw(with(pass("left")).toBuilder().upscaling(Upscaler.NEAREST, 2).build());

    Image once = draw(with(pass("left")));
    assertThat(detailed.width()).isEqualTo(128);
    assertThat(detailed.rgb()[3 * (128 * 40 + 24)]).isEqualTo(once.rgb()[3 * (64 * 20 + 12)]);
  }

  @Tag("slow")
  @Test
  void generate_hiresFix_paintsDetailsAtTheSizeOfTheFirstPass() {
    PromptSpec large =
        SPEC.toBuilder()
            .hiresFix(HiresFix.builder().scale(2).upscaler(Upscaler.LATENT).build())
            .build();
    Image start = draw(large);

    Image detailed = draw(large.toBuilder().detailPass(pass("left").growth(0).build()).build());

    Inpainting part =
        Inpainting.builder(box(128, 8, 16, 20, 30)).maskBlur(2).onlyMasked(true).padding(4).build();
    PromptSpec hand =
        SPEC.toBuilder()
            .imageToImage(
                ImageToImage.builder(start).denoisingStrength(0.4).inpainting(part).build())
            .build();
    assertThat(detailed.rgb()).isEqualTo(draw(hand).rgb());
    assertThat(draw(large.toBuilder().detailPass(pass("left").wholeImage(true).build()).build()))
        .matches(image -> image.width() == 128 && image.height() == 128);
  }

  private static Image box(int side, int left, int top, int right, int bottom) {
    byte[] rgb = new byte[3 * side * side];
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        for (int c = 0; c < 3; c++) {
          rgb[3 * (side * y + x) + c] = (byte) 255;
        }
      }
    }
    return Image.of(side, side, rgb);
  }

  @Test
  void generate_inpaintedImage_keepsDetailsOutsideItsMask() {
    ImageToImage.Builder source =
        ImageToImage.builder(TinyPipeline.image(64, 64))
            .inpainting(Inpainting.builder(box(64, 36, 30, 60, 60)).build());
    PromptSpec masked = SPEC.toBuilder().imageToImage(source.build()).build();
    GenerationResult result =
        pipeline.generate(masked.toBuilder().detailPass(pass("left").build()).build());

    assertThat(result.first().rgb()).isEqualTo(draw(masked).rgb());
    assertThat(result.warnings())
        .contains("detail pass 'left' found nothing in image 1 (confidence 0.3)");
    assertThat(draw(masked.toBuilder().detailPass(pass("both").build()).build()).rgb())
        .isNotEqualTo(draw(masked).rgb());
  }

  @Test
  void generate_wholeImage_isInpaintingOfTheWholeImage() {
    Image detailed = draw(with(pass("left").wholeImage(true).growth(0).noiseMultiplier(0.9)));

    Inpainting part = Inpainting.builder(box(64, 8, 16, 20, 30)).maskBlur(2).build();
    PromptSpec hand =
        SPEC.toBuilder()
            .imageToImage(
                ImageToImage.builder(plain)
                    .denoisingStrength(0.4)
                    .noiseMultiplier(0.9)
                    .inpainting(part)
                    .build())
            .build();
    assertThat(detailed.rgb()).isEqualTo(draw(hand).rgb());
  }

  @Tag("slow")
  @Test
  void generate_regionsOfThePrompt_lieOverTheDetail() {
    PromptSpec regions =
        SPEC.toBuilder()
            .prompt("a cat AND <mask:one> a dog")
            .mask("one", RegionMask.of(box(64, 0, 0, 31, 63)))
            .build();
    Image start = draw(regions);

    Image detailed = draw(regions.toBuilder().detailPass(pass("both").build()).build());

    Image first = draw(byHand(regions, start, LEFT));
    assertThat(detailed.rgb())
        .isEqualTo(draw(byHand(regions.toBuilder().seed(6).build(), first, RIGHT)).rgb());
  }

  @Tag("slow")
  @Test
  void generate_jointBatch_paintsEachImage() {
    PromptSpec joint =
        with(pass("left").prompt("a dog")).toBuilder()
            .images(2)
            .speedOptions(SpeedOptions.builder().exactBatches(false).build())
            .build();

    GenerationResult result = pipeline.generate(joint);

    assertThat(result.images()).hasSize(2);
    assertThat(result.first().infotext()).contains("ADetailer prompt: a dog");
  }

  @Tag("slow")
  @Test
  void generate_sparingMemory_isTheSameImage() {
    PromptSpec spec = with(pass("both").prompt("a dog [SEP] <lora:tiny_lora:1> a hand"));
    try (Pipeline sparing = builder().memoryPolicy(MemoryPolicy.SPARING).build()) {
      assertThat(sparing.generate(spec).first().rgb()).isEqualTo(draw(spec).rgb());
    }
  }

  @Test
  void generate_infotext_drawsTheSameImage() {
    PromptSpec spec = with(pass("both").prompt("a dog [SEP] a hand").most(1), pass("left"));
    GeneratedImage first = pipeline.generate(spec).first();

    PromptSpec read = PromptSpec.fromInfotext(first.infotext());

    assertThat(read.detailPasses()).isEqualTo(spec.detailPasses());
    GenerationResult again = pipeline.generate(read);
    assertThat(again.first().rgb()).isEqualTo(first.rgb());
    assertThat(again.first().infotext()).isEqualTo(first.infotext());
    assertThat(again.warnings()).isEmpty();
  }

  @Tag("slow")
  @Test
  void generate_dynamicPrompt_isDrawnForTheDetailToo() {
    PromptSpec spec =
        with(pass("left").prompt("{a|the} dog, [PROMPT]")).toBuilder()
            .prompt("a {red|blue} cat")
            .promptOptions(
                PromptOptions.DEFAULTS.withDynamicPrompts(dev.sdlora.api.DynamicPrompts.of()))
            .build();

    assertThat(pipeline.generate(spec).first().infotext())
        .containsPattern("ADetailer prompt: \"(a|the) dog, \\[PROMPT\\]\"");
  }

  @Test
  void check_unknownDetector_namesTheClosest() {
    assertThatThrownBy(() -> pipeline.check(with(pass("lefft.pt"))))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage(
            "unknown detector 'lefft.pt'; the pipeline has 'left', 'both', 'nothing', 'outside',"
                + " 'broken', 'parts', 'coco'; did you mean 'left'?");
  }

  @Test
  void generate_unknownDetectorInALenientRequest_isLeftOutWithAWarning() {
    GenerationResult result =
        pipeline.generate(with(pass("hat"), pass("left")).toBuilder().lenient(true).build());

    assertThat(result.first().rgb()).isEqualTo(draw(with(pass("left"))).rgb());
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .startsWith("detail pass 'hat' was left out: unknown detector 'hat'; the pipeline has");
  }

  @Tag("slow")
  @Test
  void generate_styles_areOnPromptsOfDetailsOnce() {
    PromptOptions styles =
        PromptOptions.DEFAULTS.withStyles(List.of(new Style("s", "{prompt}, oil", "grey")));
    PromptSpec spec =
        with(pass("both").prompt("a dog [SEP] a hand, [PROMPT]")).toBuilder()
            .promptOptions(styles)
            .build();

    assertThat(pipeline.generate(spec).first().infotext())
        .contains("ADetailer prompt: \"a dog, oil [SEP] a hand, [PROMPT]\"");
    Image start = draw(SPEC.toBuilder().promptOptions(styles).build());
    PromptSpec negative = SPEC.toBuilder().negativePrompt("ugly, grey").build();
    Image first = draw(byHand(negative.toBuilder().prompt("a dog, oil").build(), start, LEFT));
    PromptSpec second = negative.toBuilder().prompt("a hand, a cat, oil").seed(6).build();
    assertThat(draw(spec).rgb()).isEqualTo(draw(byHand(second, first, RIGHT)).rgb());
  }

  @Test
  void need_ofALargeDetail_isThatOfItsInpainting() {
    PromptSpec large = with(pass("left").size(new ImageSize(512, 512)));
    double plainBytes = need(SPEC);
    double detailBytes = need(large);

    double byHand = need(byHand(SPEC, plain, LEFT).toBuilder().size(512, 512).build());
    assertThat(need(with(pass("left")))).isLessThan(1.5 * plainBytes);
    assertThat(detailBytes).isBetween(byHand, 1.2 * byHand);
    try (Pipeline small = builder().maxBytes((long) (detailBytes / 2)).build()) {
      assertThatThrownBy(() -> small.check(large))
          .isInstanceOf(ResourceException.class)
          .hasMessageContaining("in a request for 1 image of 64x64, 1 detail pass");
    }
  }

  private static double need(PromptSpec spec) {
    Model model = TinyPipeline.model(pipeline);
    return RequestPlan.resolve(model, spec).parts().get(0).need(model, true).bytes();
  }

  @Test
  void check_beginningAndExtension_findADetector() {
    assertThat(pipeline.check(with(pass("Le"), pass("both.pt")))).isEmpty();
  }

  @Test
  void check_badPrompts_areRefusedBeforeDrawing() {
    assertThatThrownBy(() -> pipeline.check(with(pass("left").prompt("<lora:unknown:1>"))))
        .isInstanceOf(LoraException.class);
    assertThatThrownBy(() -> pipeline.check(with(pass("left").size(new ImageSize(16384, 16384)))))
        .isInstanceOf(ResourceException.class);
    assertThatThrownBy(
            () -> pipeline.check(with(pass("left").prompt("[PROMPT] [SEP] ".repeat(50_000)))))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("the prompts of a detail pass together have");
  }

  @Test
  @Tag("slow")
  void check_tenThousandPasses_areRefused() {
    DetailPass.Builder[] many = new DetailPass.Builder[10_000];
    java.util.Arrays.fill(many, pass("left"));
    assertThatThrownBy(() -> pipeline.check(with(many)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the request has 10000 detail passes, but RequestLimits.controlUnits allows 10");
  }

  @Test
  void open_missingFolder_isRefused() {
    assertThatThrownBy(() -> builder().detectorDirectory(Path.of("no such folder")).build())
        .isInstanceOf(CheckpointException.class)
        .hasMessage("detector directory 'no such folder' is not a folder");
  }
}
