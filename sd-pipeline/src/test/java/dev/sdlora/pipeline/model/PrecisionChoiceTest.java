package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** What a precision means on a device. */
class PrecisionChoiceTest {
  @Test
  void of_auto_isWhatTheProcessorHasInstructionsFor() {
    assertThat(PrecisionChoice.of(Precision.AUTO, "cpu"))
        .isEqualTo(Processor.hasBfloat16() ? ScalarType.BFLOAT16 : ScalarType.FLOAT32);
    assertThat(PrecisionChoice.of(Precision.AUTO, "gpu0")).isEqualTo(ScalarType.FLOAT32);
    assertThat(PrecisionChoice.reason("gpu0"))
        .isEqualTo("other formats have not been tried on GPUs");
  }

  @Test
  void of_float16_isForOtherDevices() {
    assertThat(PrecisionChoice.of(Precision.FLOAT16, "gpu0")).isEqualTo(ScalarType.FLOAT16);
    assertThatThrownBy(() -> PrecisionChoice.of(Precision.FLOAT16, "cpu"))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessage(
            "precision FLOAT16 is for GPUs, and the device is 'cpu', which has no arithmetic for"
                + " it; BFLOAT16 takes as little memory");
  }
}
