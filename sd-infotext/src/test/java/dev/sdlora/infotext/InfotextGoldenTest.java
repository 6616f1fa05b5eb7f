package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.infotext.key.ImageSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests of texts written by hand in the layout of A1111 1.10. They are written byte for byte the
 * same after parsing.
 */
final class InfotextGoldenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        a cat <lora:ink:0.8>
        Negative prompt: blurry
        Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, Size: 512x512, \
        Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, RNG: NV, \
        Lora hashes: "ink: 0123456789ab", Version: v1.10.1\
        """,
        """
        [a|b], (c:1.2)
        Steps: 28, Sampler: Euler a, Schedule type: Automatic, CFG scale: 6.5, Seed: 3141592653, \
        Face restoration: CodeFormer, Size: 512x768, Model hash: 6ce0161689, Model: "a, b", \
        FP8 weight: Enable, Cache FP16 weight for LoRA: True, VAE hash: 735e4c3a44, \
        VAE: vae-ft-mse-840000-ema-pruned.safetensors, Variation seed: 7, \
        Variation seed strength: 0.05, Seed resize from: 384x384, Clip skip: 2, ENSD: 31337, \
        Token merging ratio: 0.5, Token merging ratio hr: 0.4, RNG: CPU, Tiling: True, \
        TI hashes: "easynegative: c74b4e810b03", Emphasis: No norm, Eta: 0.667, NGMS: 2, \
        Pad conds: True, Version: v1.10.1, User: me\
        """,
        """
        a cat
        Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 512x512, \
        Model: x, RNG: NV, Skip Early CFG: 0.2, NGMS: 1.5, NGMS all steps: True, Version: v1.10.1\
        """,
        """
        castle
        Negative prompt: fog,
        rain
        Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 512x512, \
        Model hash: 6ce0161689, Model: x, Denoising strength: 0.45, \
        ADetailer model: face_yolov8n.pt, ADetailer prompt: "smile, Steps: 99, \\"x\\"", \
        ADetailer confidence: 0.3, ADetailer dilate erode: 4, ADetailer mask blur: 4, \
        ADetailer denoising strength: 0.4, ADetailer inpaint only masked: True, \
        ADetailer inpaint padding: 32, ADetailer version: 24.11.1, Hires checkpoint: y, Hires sampler: DPM++ 2M, Hires prompt: "castle, night", \
        Hires negative prompt: sun, Hires schedule type: Karras, Hires upscale: 1.5, \
        Hires steps: 10, Hires upscaler: 4x-UltraSharp, Lora hashes: "a: 0123456789ab, b: \
        ba9876543210", Eta: 0.5, Extra noise: 0.05, \
        Version: v1.10.1\
        """,
        """
        castle
        Steps: 20, Sampler: Euler, Schedule type: Karras, CFG scale: 7, Seed: 1, Size: 512x512, \
        Model: x, Denoising strength: 0.7, Hires resize: 1024x768, Hires upscaler: Latent, \
        Noise Schedule: Zero Terminal SNR, Discard penultimate sigma: True, \
        Schedule min sigma: 0.1, Schedule max sigma: 10.5, Schedule rho: 5, \
        SGM noise multiplier: True, Sigma churn: 10, Sigma tmin: 0.1, Sigma tmax: 5, \
        Sigma noise: 1.05, Version: v1.10.1\
        """,
        """
        a room
        Steps: 30, Sampler: DDIM, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 512x512, \
        Model hash: 6ce0161689, Model: sd-v1-5-inpainting, Denoising strength: 0.75, \
        Conditional mask weight: 0.8, Init image hash: 0123456789abcdef0123456789abcdef, \
        ControlNet 0: "Module: canny, Model: control_v11p_sd15_canny [d14c016b], Weight: 1", \
        Mask mode: Inpaint not masked, Mask blur: 4, Inpaint area: Only masked, \
        Masked area padding: 32, Masked content: latent noise, Noise multiplier: 0.9, Extra noise: 0.05, \
        Eta DDIM: 0.5, Version: v1.10.1\
        """,
        """
        [a:b:1.0]
        Steps: 20, Sampler: Euler, Schedule type: Automatic, CFG scale: 1e-05, Seed: 1, \
        Size: 512x512, Model: x, Old prompt editing timelines: True, Version: v1.10.1\
        """
      })
  void write_whatWasRead_isTheSameText(String text) {
    PromptSpec spec = Infotext.parse(text);

    assertThat(
            Infotext.write(
                new ImageSettings(
                    spec,
                    spec.size().orElseThrow(),
                    spec.seed().orElseThrow(),
                    spec.otherParameters())))
        .isEqualTo(text);
  }
}
