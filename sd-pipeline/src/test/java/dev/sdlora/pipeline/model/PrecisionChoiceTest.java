package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Tests the dtype of each precision on a device. */
class PrecisionChoiceTest {
  @Test
  void of_auto_isWhatTheProcessorHasInstructionsFor() {
    assertThat(PrecisionChoice.of(Precision.AUTO, "cpu"))
        .isEqualTo(Processor.hasBfloat16() ? ScalarType.BFLOAT16 : ScalarType.FLOAT32);
    assertThat(PrecisionChoice.of(Precision.AUTO, "gpu0")).isEqualTo(ScalarType.FLOAT32);
    assertThat(PrecisionChoice.reason("gpu0")).isEqualTo("other dtypes are untested on GPUs");
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
