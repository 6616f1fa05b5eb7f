package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.testkit.TinyTransformers;
import org.junit.jupiter.api.Test;

/** Tests the dtype of each precision on a device. */
class PrecisionChoiceTest {
  @Test
  void of_auto_isWhatTheProcessorHasInstructionsFor() {
    assertThat(PrecisionChoice.of(Precision.AUTO, "cpu"))
        .isEqualTo(Processor.hasBfloat16() ? ScalarType.BFLOAT16 : ScalarType.FLOAT32);
    assertThat(PrecisionChoice.of(Precision.AUTO, "gpu0")).isEqualTo(ScalarType.FLOAT16);
    assertThat(PrecisionChoice.reason("gpu0"))
        .isEqualTo("NVIDIA GPUs multiply it faster than float32");
    assertThat(PrecisionChoice.of(Precision.AUTO, "mps")).isEqualTo(ScalarType.FLOAT32);
  }

  @Test
  void of_int8_computesTheRestAsAuto() {
    assertThat(PrecisionChoice.of(Precision.INT8, "cpu"))
        .isEqualTo(PrecisionChoice.of(Precision.AUTO, "cpu"));
  }

  @Test
  void requireSupport_int8OnAGpu_isRefused() {
    try (Torch torch = Torch.open("cpu")) {
      assertThatThrownBy(
              () ->
                  PrecisionChoice.requireSupport(
                      HeldFormats.of(WeightFormat.AS_STORED, ScalarType.FLOAT32, true),
                      torch,
                      "gpu0"))
          .isInstanceOf(StableDiffusionException.class)
          .hasMessage(
              "precision INT8 requires the CPU, but the device is 'gpu0'; expected FLOAT32, AUTO or"
                  + " FLOAT16");
      PrecisionChoice.requireSupport(
          HeldFormats.of(WeightFormat.AS_STORED, ScalarType.FLOAT32, false), torch, "gpu0");
    }
  }

  @Test
  void requireSupport_int8_isListedOrRefused() {
    try (Torch torch = Torch.open("cpu")) {
      ScalarType type = PrecisionChoice.of(Precision.INT8, "cpu");
      if (PrecisionChoice.packed(torch, "cpu").contains(Precision.INT8)) {
        PrecisionChoice.requireSupport(
            HeldFormats.of(WeightFormat.AS_STORED, type, true), torch, "cpu");
      } else {
        assertThatThrownBy(
                () ->
                    PrecisionChoice.requireSupport(
                        HeldFormats.of(WeightFormat.AS_STORED, type, true), torch, "cpu"))
            .isInstanceOf(StableDiffusionException.class)
            .hasMessageContaining("requires a processor with avx512_vnni or amx_int8 and Linux");
      }
    }
  }

  @Test
  void of_int8OfATransformerWithoutIntegerProgram_isRefused() {
    assertThatThrownBy(
            () ->
                PrecisionChoice.of(
                    CheckpointReader.open(TinyTransformers.chroma(), CheckpointParts.DEFAULT),
                    Precision.INT8,
                    "cpu"))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining("Chroma cannot multiply in integers");
  }

  @Test
  void of_float16_isForOtherDevices() {
    assertThat(PrecisionChoice.of(Precision.FLOAT16, "gpu0")).isEqualTo(ScalarType.FLOAT16);
    assertThatThrownBy(() -> PrecisionChoice.of(Precision.FLOAT16, "cpu"))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage(
            "precision FLOAT16 requires a GPU, but the device is 'cpu'; BFLOAT16 needs the same"
                + " memory");
  }
}
