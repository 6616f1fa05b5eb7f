package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.Rng;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.sampling.Schedule;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of texts in the style of common programs. */
final class InfotextParseTest {

  @Test
  void parse_a1111_1_10() {
    assertParsed(
        """
        masterpiece, (tiger:1.2), ink wash <lora:ink:0.8>
        Negative prompt: disfigured, (ugly:1.3)
        Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 3141592653, \
        Size: 512x768, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Clip skip: 2, \
        Lora hashes: "ink: 0123456789ab", Version: v1.10.1
        """,
        PromptSpec.builder()
            .prompt("masterpiece, (tiger:1.2), ink wash <lora:ink:0.8>")
            .negativePrompt("disfigured, (ugly:1.3)")
            .steps(28)
            .schedule(Schedule.KARRAS)
            .cfgScale(6.5)
            .seed(3141592653L)
            .size(512, 768)
            .clipSkip(2));
  }

  @Test
  void parse_a1111_1_6_scheduleInSamplerName() {
    assertParsed(
        """
        a lighthouse
        Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Size: 512x512, \
        Model hash: cc6cb27103, Model: v1-5-pruned, VAE hash: 735e4c3a44, \
        VAE: vae-ft-mse-840000-ema-pruned.safetensors, RNG: CPU, Version: v1.6.0\
        """,
        PromptSpec.builder()
            .prompt("a lighthouse")
            .schedule(Schedule.KARRAS)
            .rng(Rng.CPU)
            .seed(1)
            .size(512, 512));
  }

  @Test
  void parse_a1111_hiresAndVariation() {
    assertParsed(
        """
        portrait
        Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 9, \
        Size: 512x512, Model hash: 6ce0161689, Model: x, Variation seed: 5, \
        Variation seed strength: 0.1, Seed resize from: 512x512, Denoising strength: 0.45, \
        ENSD: 31337, Hires upscale: 2, Hires steps: 10, Hires upscaler: 4x-UltraSharp, \
        ADetailer model: face_yolov8n.pt, ADetailer prompt: "smile, Steps: 99, \\"x\\"", \
        TI hashes: "easynegative: c74b4e810b03", Pad conds: True, Version: v1.9.4\
        """,
        PromptSpec.builder()
            .prompt("portrait")
            .sampler(Sampler.EULER_A)
            .seed(9)
            .size(512, 512)
            .variation(Variation.of(5, 0.1).withResizeFrom(new ImageSize(512, 512)))
            .samplerOptions(SamplerOptions.builder().ensd(31337).build())
            .promptOptions(PromptOptions.DEFAULTS.withPadConds(true))
            .hiresFix(
                HiresFix.builder()
                    .steps(10)
                    .upscaler(Upscaler.named("4x-UltraSharp"))
                    .denoisingStrength(0.45)
                    .build())
            .detailPass(
                DetailPass.builder("face_yolov8n.pt").prompt("smile, Steps: 99, \"x\"").build()));
  }

  @Test
  void parse_keysWithoutSetting_areKeptInOrder() {
    PromptSpec spec =
        Infotext.parse(
            """
            portrait
            Steps: 20, Sampler: Euler a, Seed: 9, Face restoration: CodeFormer, Model hash: 6ce0161689, \
            Model: "a, b", Denoising strength: 0.3, Mask blur: 4, Masked content: fill, \
            ADetailer restore face: True, Version: v1.9.4\
            """);

    assertThat(spec.otherParameters())
        .containsExactly(
            Map.entry("Face restoration", "CodeFormer"),
            Map.entry("Model hash", "6ce0161689"),
            Map.entry("Model", "a, b"),
            Map.entry("Denoising strength", "0.3"),
            Map.entry("Mask blur", "4"),
            Map.entry("Masked content", "fill"),
            Map.entry("ADetailer restore face", "True"),
            Map.entry("Version", "v1.9.4"),
            Map.entry("RNG", "GPU"));
  }

  @ParameterizedTest
  @CsvSource({
    "v1.5.1, true",
    "1.5.2, true",
    "v1.6.0, false",
    "v1.10.1, false",
    "f2.0.1v1.10.1-previous-659-gc055f2d4, false",
    "neo, false"
  })
  void parse_editingInTextOfOldVersion_hasOldTimelines(String version, boolean old) {
    String settings = "\nSteps: 20, Sampler: Euler a, Seed: 9, Version: " + version;

    assertThat(Infotext.parse("[a:b:1.0]" + settings).promptOptions().oldEditingTimelines())
        .isEqualTo(old);
    assertThat(Infotext.parse("a" + settings).promptOptions().oldEditingTimelines()).isFalse();
  }

  /** Forge pads the texts of T5 to 256 tokens. */
  @ParameterizedTest
  @CsvSource({
    "v1.10.1, -1",
    "f2.0.1v1.10.1-previous-659-gc055f2d4, 256",
    "neo, 256",
    "'f2.0.1v1.10.1, T5 tokens: 300', 300",
    "'SD-LoRA 1, T5 tokens: 128', 128",
    "'SD-LoRA 1, T5 tokens: 513', -1"
  })
  void parse_t5Tokens_areForges(String version, int tokens) {
    String settings = "a\nSteps: 20, Sampler: Euler a, Seed: 9, Version: " + version;
    assertThat(Infotext.parse(settings).promptOptions().t5Tokens().orElse(-1)).isEqualTo(tokens);
  }

  @Test
  void parse_hiresFixOf2022_sizesAreExchanged() {
    PromptSpec spec =
        Infotext.parse(
            "a\nSteps: 20, Sampler: Euler a, Seed: 9, Size: 1024x768, Denoising strength: 0.6,"
                + " First pass size: 512x384");

    assertThat(spec.size()).contains(new ImageSize(512, 384));
    assertThat(spec.hiresFix().orElseThrow().size()).contains(new ImageSize(1024, 768));
    assertThat(spec.hiresFix().orElseThrow().denoisingStrength()).isEqualTo(0.6);
  }

  @Test
  void parse_hiresResizeOfOneSide_keepsProportions() {
    PromptSpec spec =
        Infotext.parse(
            "a\nSteps: 20, Sampler: Euler a, Seed: 9, Size: 512x768, Denoising strength: 0.6,"
                + " Hires resize: 1024x0, Hires sampler: DPM++ 2M Karras, Hires upscaler: Latent");

    HiresFix hires = spec.hiresFix().orElseThrow();
    assertThat(hires.size()).contains(new ImageSize(1024, 1536));
    assertThat(hires.sampler()).contains(Sampler.DPMPP_2M);
    assertThat(hires.schedule()).contains(Schedule.KARRAS);
  }

  @Test
  void imageToImage_takesParametersOver() {
    PromptSpec spec =
        Infotext.parse(
            "a\nSteps: 20, Sampler: Euler a, Seed: 9, Denoising strength: 0.3, Mask mode: Inpaint"
                + " not masked, Mask blur: 8, Inpaint area: Only masked, Masked area padding: 16,"
                + " Masked content: latent noise");
    Image picture = Image.of(1, 1, new byte[3]);

    Inpainting mask = Inpainting.builder(picture).parameters(spec.otherParameters()).build();

    assertThat(mask.inverted() && mask.onlyMasked()).isTrue();
    assertThat(mask.maskBlur()).isEqualTo(8);
    assertThat(mask.padding()).isEqualTo(16);
    assertThat(mask.maskedContent()).isEqualTo(MaskedContent.LATENT_NOISE);
    assertThat(
            ImageToImage.builder(picture)
                .parameters(spec.otherParameters())
                .build()
                .denoisingStrength())
        .isEqualTo(0.3);
  }

  @Test
  void parse_a1111_promptsOfSeveralLines() {
    assertParsed(
        """
        first line,

        second line, Steps: 3, Sampler: none, Seed: -
        BREAK third
        Negative prompt: no this,
        no that
        Steps: 20, Sampler: DDIM, CFG scale: 7.0, Seed: 0, Size: 512x512, Version: 1.5.2\
        """,
        PromptSpec.builder()
            .prompt("first line,\n\nsecond line, Steps: 3, Sampler: none, Seed: -\nBREAK third")
            .negativePrompt("no this,\nno that")
            .sampler(Sampler.DDIM)
            .seed(0)
            .size(512, 512));
  }

  @Test
  void parse_forge() {
    assertParsed(
        """
        a cat
        Negative prompt: dog
        Steps: 20, Sampler: Euler, Schedule type: Uniform, CFG scale: 7, \
        Distilled CFG Scale: 3.5, Seed: 12345, Size: 896x1152, Model hash: 6ce0161689, \
        Model: v1-5, RNG: GPU, Beta schedule override: default, \
        Version: f2.0.1v1.10.1-previous-659-gc055f2d4, Diffusion in Low Bits: Automatic, \
        Module 1: vae-ft-mse-840000-ema-pruned\
        """,
        PromptSpec.builder()
            .prompt("a cat")
            .negativePrompt("dog")
            .sampler(Sampler.EULER)
            .schedule(Schedule.NORMAL)
            .seed(12345)
            .size(896, 1152)
            .promptOptions(PromptOptions.DEFAULTS.withT5Tokens(256))
            .distilledGuidance(3.5));
  }

  @Test
  void parse_civitai() {
    assertParsed(
        """
        score_9, castle
        Negative prompt: score_4
        Steps: 25, Sampler: Euler a, CFG scale: 7, Seed: 777, Size: 832x1216, Clip skip: 2, \
        Created Date: 2024-05-01T12:34:56.7890123Z, Civitai resources: \
        [{"type":"checkpoint","modelVersionId":290640,"modelName":"Castle, v6: XL"},\
        {"type":"lora","weight":0.8,"modelVersionId":1}], Civitai metadata: {"remixOfId":1}\
        """,
        PromptSpec.builder()
            .prompt("score_9, castle")
            .negativePrompt("score_4")
            .steps(25)
            .sampler(Sampler.EULER_A)
            .clipSkip(2)
            .seed(777)
            .size(832, 1216));
  }

  @Test
  void parse_windowsLineEnds() {
    assertParsed(
        "a\r\nb\r\nNegative prompt: c\r\nSteps: 5, Sampler: Euler, Seed: 2\r\n",
        PromptSpec.builder()
            .prompt("a\nb")
            .negativePrompt("c")
            .steps(5)
            .sampler(Sampler.EULER)
            .seed(2));
  }

  @Test
  void parse_comfyUiSaver_unsignedSeed() {
    assertParsed(
        "x\nSteps: 20, Sampler: dpmpp_2m, CFG scale: 7, Seed: 18446744073709551615, Size: 512x512",
        PromptSpec.builder().prompt("x").seed(-1).size(512, 512));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a cat", "a cat, Steps: 2, Seed: 3", "ratio 1:2, 3:4, 5:6, a:b, \": x:"})
  void parse_fewerThanThreeSettings_areThePrompt(String text) {
    assertParsed(text, PromptSpec.builder().prompt(text));
  }

  @Test
  void parse_equalKeys_lastCounts() {
    assertThat(Infotext.parse("Steps: 1, Steps: 2, Steps: 3").steps()).isEqualTo(3);
  }

  @Test
  void parse_quotedValueOfAKnownKey_isUnquoted() {
    PromptSpec spec = Infotext.parse("Steps: \"2\", Sampler: \"\\u0044DIM\", Size: \"64x128\"");

    assertThat(spec.steps()).isEqualTo(2);
    assertThat(spec.sampler()).isEqualTo(Sampler.DDIM);
    assertThat(spec.size()).contains(new ImageSize(64, 128));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Steps: 0",
        "Steps: many",
        "Steps: ",
        "Sampler: Ouroboros",
        "Sampler: DPM++ 9Q Karras",
        "Schedule type: Gamma",
        "CFG scale: NaN",
        "CFG scale: 1e999",
        "Seed: 18446744073709551616",
        "Size: 500x512",
        "Size: big",
        "Clip skip: 13",
        "RNG: TPU",
        "Emphasis: Loud",
        "Eta: -1",
        "UniPC variant: bh3",
      })
  void parse_senselessValue_isKeptBesideTheDefault(String setting) {
    String[] parts = setting.split(":", 2);

    PromptSpec spec = Infotext.parse("a cat\nA1: 1, A2: 2, " + setting);

    assertThat(spec)
        .usingRecursiveComparison()
        .ignoringFields("values.otherParameters")
        .isEqualTo(PromptSpec.builder().prompt("a cat").build());
    assertThat(spec.otherParameters()).containsEntry(parts[0], parts[1].strip());
  }

  @Test
  void parse_shift_isThatOfTheSchedule() {
    PromptSpec neo =
        Infotext.parse("Steps: 9, Sampler: Euler, Schedule type: Beta, CFG scale: 1, Shift: 9");

    assertThat(neo.samplerOptions().shift()).hasValue(9);
    PromptSpec wrong = Infotext.parse("Steps: 9, CFG scale: 1, Shift: 0, Seed: 1");
    assertThat(wrong.samplerOptions().shift()).isEmpty();
    assertThat(wrong.otherParameters()).containsEntry("Shift", "0");
  }

  @Test
  void parse_limitsThatContradict_areKeptBesideTheDefaults() {
    PromptSpec spec =
        Infotext.parse("Steps: 20, Schedule min sigma: 5, Schedule max sigma: 2, Seed: 1");

    assertThat(spec.samplerOptions().sigmaMin()).isEmpty();
    assertThat(spec.otherParameters())
        .containsEntry("Schedule min sigma", "5")
        .containsEntry("Schedule max sigma", "2");
  }

  @Test
  void parse_explicitSchedule_overridesSamplerName() {
    PromptSpec spec =
        Infotext.parse("Steps: 20, Sampler: DPM++ 2M Karras, Schedule type: Uniform, Seed: 1");

    assertThat(spec.schedule()).isEqualTo(Schedule.NORMAL);
  }

  @Test
  @Timeout(600)
  void parse_longHostileLines_takesLinearTime() {
    String hostile = "a: \"\\\", b ".repeat(200_000) + "x ".repeat(200_000) + ":".repeat(200_000);

    assertThat(Infotext.parse("cat\n" + hostile).prompt()).isEqualTo("cat");
  }

  private static void assertParsed(String text, PromptSpec.Builder expected) {
    assertThat(Infotext.parse(text))
        .usingRecursiveComparison()
        .ignoringFields("values.otherParameters")
        .isEqualTo(expected.build());
  }
}
