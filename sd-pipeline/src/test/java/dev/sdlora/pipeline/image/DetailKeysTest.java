package dev.sdlora.pipeline.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.infotext.Infotext;
import dev.sdlora.infotext.Reproduction;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.pipeline.Fixtures;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Tests ADetailer's keys: how they are written and read back. */
final class DetailKeysTest {
  private static final Map<String, String> FACTS = Map.of("Model", "m", "Version", "v1.10.1");

  private static String line(DetailPass... passes) {
    PromptSpec.Builder spec = PromptSpec.builder().prompt("a cat");
    List.of(passes).forEach(spec::detailPass);
    String text = write(spec.build());
    return text.substring(text.indexOf("ADetailer"), text.indexOf(", Version"));
  }

  private static String write(PromptSpec spec) {
    return Infotext.write(new ImageSettings(spec, new ImageSize(512, 512), 1, FACTS));
  }

  private static PromptSpec read(String line) {
    return Infotext.parse("a cat\nSteps: 20, Sampler: Euler, CFG scale: 7, " + line);
  }

  @Test
  void write_defaults_areThoseOfADetailer() {
    assertThat(line(DetailPass.builder("face_yolov8n.pt").build()))
        .isEqualTo(
            "ADetailer model: face_yolov8n.pt, ADetailer confidence: 0.3, ADetailer dilate erode:"
                + " 4, ADetailer mask blur: 4, ADetailer denoising strength: 0.4, ADetailer inpaint"
                + " only masked: True, ADetailer inpaint padding: 32, ADetailer version: 25.3.0");
  }

  @Test
  void write_allSettings_areInTheOrderOfADetailer() {
    DetailPass full =
        DetailPass.builder("person.pt")
            .labels(List.of("person", "cat"))
            .prompt("a, b")
            .negativePrompt("c")
            .confidence(1)
            .most(2)
            .mostConfident(true)
            .share(0.1, 0.9)
            .offset(3, -4)
            .growth(-8)
            .inverted(true)
            .maskBlur(0)
            .denoisingStrength(0.55)
            .padding(16)
            .size(new ImageSize(640, 768))
            .steps(28)
            .cfgScale(7)
            .sampler(Sampler.DPMPP_2M)
            .schedule(Schedule.KARRAS)
            .noiseMultiplier(1.1)
            .clipSkip(2)
            .order(DetailPass.Order.LEFT_TO_RIGHT)
            .sameSeed(true)
            .build();

    assertThat(line(DetailPass.builder("face").wholeImage(true).build(), full))
        .isEqualTo(
            "ADetailer model: face, ADetailer confidence: 0.3, ADetailer dilate erode: 4, ADetailer"
                + " mask blur: 4, ADetailer denoising strength: 0.4, ADetailer inpaint only masked:"
                + " False, ADetailer model 2nd: person.pt, ADetailer model classes 2nd:"
                + " \"person,cat\", ADetailer prompt 2nd: \"a, b\", ADetailer negative prompt 2nd:"
                + " c, ADetailer confidence 2nd: 1.0, ADetailer method to decide top k masks 2nd:"
                + " Confidence, ADetailer mask only top k 2nd: 2, ADetailer mask min ratio 2nd:"
                + " 0.1, ADetailer mask max ratio 2nd: 0.9, ADetailer x offset 2nd: 3, ADetailer y"
                + " offset 2nd: -4, ADetailer dilate erode 2nd: -8, ADetailer mask merge invert"
                + " 2nd: Merge and Invert, ADetailer mask blur 2nd: 0, ADetailer denoising strength"
                + " 2nd: 0.55, ADetailer inpaint only masked 2nd: True, ADetailer inpaint padding"
                + " 2nd: 16, ADetailer use inpaint width height 2nd: True, ADetailer inpaint width"
                + " 2nd: 640, ADetailer inpaint height 2nd: 768, ADetailer use separate steps 2nd:"
                + " True, ADetailer steps 2nd: 28, ADetailer use separate CFG scale 2nd: True,"
                + " ADetailer CFG scale 2nd: 7.0, ADetailer use separate sampler 2nd: True,"
                + " ADetailer sampler 2nd: DPM++ 2M, ADetailer scheduler 2nd: Karras, ADetailer use"
                + " separate noise multiplier 2nd: True, ADetailer noise multiplier 2nd: 1.1,"
                + " ADetailer use separate CLIP skip 2nd: True, ADetailer CLIP skip 2nd: 2,"
                + " ADetailer sort bounding boxes by 2nd: Position (left to right), ADetailer same"
                + " seed for each tab 2nd: True, ADetailer version: 25.3.0");
  }

  @Test
  void read_textOfADetailer_isAPass() {
    PromptSpec spec =
        read(
            "ADetailer model: face_yolov8n.pt, ADetailer prompt: \"smile, [SEP]\", ADetailer"
                + " confidence: 0.3, ADetailer dilate/erode: 32, ADetailer use inpaint"
                + " width/height: True, ADetailer inpaint width: 640, ADetailer inpaint height:"
                + " 640, ADetailer use separate sampler: True, ADetailer sampler: DPM++ 2M Karras,"
                + " ADetailer model 3rd: hand_yolov8n.pt, ADetailer version: 23.4.0");

    assertThat(spec.detailPasses())
        .containsExactly(
            DetailPass.builder("face_yolov8n.pt")
                .prompt("smile, [SEP]")
                .growth(32)
                .size(new ImageSize(640, 640))
                .sampler(Sampler.DPMPP_2M)
                .schedule(Schedule.KARRAS)
                .build(),
            DetailPass.builder("hand_yolov8n.pt").build());
    assertThat(warnings(spec)).isEmpty();
  }

  private static List<String> warnings(PromptSpec spec) {
    return Reproduction.warnings(
        new ImageSettings(spec, new ImageSize(512, 512), 1, FACTS),
        Checkpoint.open(Fixtures.CHECKPOINT));
  }

  @Test
  void read_valuesThatAreNone_areWarnings() {
    PromptSpec spec =
        read(
            "ADetailer model: face, ADetailer mask blur: 900, ADetailer inpaint width: 500,"
                + " ADetailer inpaint height: 512, ADetailer restore face: True, ADetailer steps"
                + " 2nd: 4, ADetailer model 3rd: None");

    assertThat(spec.detailPasses()).containsExactly(DetailPass.builder("face").build());
    assertThat(warnings(spec))
        .containsExactlyInAnyOrder(
            "'ADetailer mask blur: 900' is not understood; the request has '4'",
            "'ADetailer inpaint height: 512' is not understood; the request uses the default",
            "'ADetailer steps 2nd: 4' is not understood; the request uses the default",
            "the text has settings that have no effect here: 'ADetailer restore face: True'");
  }

  @Test
  void write_loraObjects_areTagsOfOwnPrompts() {
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a cat")
            .lora(LoraAdapter.open(Fixtures.LORAS.resolve("tiny_lora.safetensors")))
            .detailPass(DetailPass.builder("face").prompt("a dog [SEP] [PROMPT] [SEP]").build())
            .build();

    assertThat(write(spec))
        .contains("ADetailer prompt: \"a dog <lora:tiny_lora:1> [SEP] [PROMPT] [SEP] \"");
  }

  @Property(tries = 500)
  void read_whatWasWritten_isTheSame(@ForAll long choice) {
    Random random = new Random(choice);
    PromptSpec.Builder spec = PromptSpec.builder().prompt("a cat");
    int count = 1 + random.nextInt(15);
    for (int i = 0; i < count; i++) {
      spec.detailPass(pass(random));
    }

    String text = write(spec.build());
    PromptSpec read = Infotext.parse(text);

    assertThat(read.detailPasses()).isEqualTo(spec.build().detailPasses());
    assertThat(write(read)).isEqualTo(text);
    assertThat(spec.build().notInMetadata()).isEmpty();
  }

  @Test
  void notInMetadata_namesWhatHasNoKeys() {
    DetailPass pass = DetailPass.builder("face").build();
    PromptSpec.Builder many = PromptSpec.builder();
    Collections.nCopies(16, pass).forEach(many::detailPass);

    assertThat(many.build().notInMetadata()).containsExactly("detailPasses");
    assertThat(
            PromptSpec.builder()
                .detailPass(pass.toBuilder().labels(List.of("a, b")).build())
                .build()
                .notInMetadata())
        .containsExactly("detailPasses");
  }

  private static DetailPass pass(Random random) {
    boolean limited = random.nextBoolean();
    boolean whole = random.nextBoolean();
    int merging = random.nextInt(3);
    double least = random.nextDouble();
    DetailPass.Builder pass =
        DetailPass.builder(any(random, "face", "hand_yolov8n.pt", "my: detector, 2"))
            .labels(any(random, List.of(), List.of("face"), List.of("a b", "c")))
            .prompt(any(random, "", "a \"dog\", <lora:ink:1>", "a [SEP] [PROMPT]\nb: c", "[SKIP]"))
            .negativePrompt(any(random, "", "ugly", "{x: [1]}"))
            .confidence(any(random, 0.0, 1.0, 0.3, random.nextDouble()))
            .most(limited ? 1 + random.nextInt(5) : 0)
            .mostConfident(limited && random.nextBoolean())
            .order(any(random, DetailPass.Order.values()))
            .sameSeed(random.nextBoolean())
            .growth(random.nextInt(513) - 256)
            .merged(merging == 1)
            .inverted(merging == 2)
            .maskBlur(random.nextInt(65))
            .denoisingStrength(random.nextDouble())
            .wholeImage(whole)
            .offset(random.nextInt(9) - 4, random.nextInt(9) - 4);
    if (!whole) {
      pass.padding(random.nextInt(257));
    }
    if (random.nextBoolean()) {
      pass.share(least, least + (1 - least) * random.nextDouble());
    }
    if (random.nextBoolean()) {
      pass.size(new ImageSize(8 * (1 + random.nextInt(99)), 512)).steps(1 + random.nextInt(50));
    }
    if (random.nextBoolean()) {
      pass.sampler(any(random, Sampler.values())).cfgScale(random.nextInt(9));
    }
    if (random.nextBoolean()) {
      pass.schedule(any(random, Schedule.values())).clipSkip(1 + random.nextInt(12));
    }
    if (random.nextBoolean()) {
      pass.noiseMultiplier(1.5 * random.nextDouble());
    }
    return pass.build();
  }

  @SafeVarargs
  private static <T> T any(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }
}
