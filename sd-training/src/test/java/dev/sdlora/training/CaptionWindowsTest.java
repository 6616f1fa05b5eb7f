package dev.sdlora.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.data.Batches;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.EncodedCaptions;
import dev.sdlora.training.option.CaptionOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Captions that are encoded for some batches at a time. */
class CaptionWindowsTest {
  @TempDir private Path folder;

  private Settings settings(CaptionOptions captions) {
    return new Assembly(
            Fixtures.trainer(folder.resolve("a.safetensors")).batchSize(100).captions(captions))
        .settings();
  }

  private static float[] states(Captions captions, List<String> texts) {
    try (Torch torch = Torch.open("cpu");
        NDManager scope = torch.scope()) {
      return ((EncodedCaptions) captions).states(texts, scope).toFloatArray();
    }
  }

  /** Two batches of 100 images share a window of 256. */
  @Test
  void at_anyBatch_hasItsVariantsAndTheCaptionsAsWritten() {
    Settings settings = settings(new CaptionOptions(true, 0, 0.3, 0.1));
    PreparedData data = PreparedData.of(settings, () -> false);
    Batches batches = TrainingParts.batches(data, settings);
    CaptionWindows windows = new CaptionWindows(settings, data.captions(), batches);
    assertThat(windows.at(0)).isSameAs(windows.at(1));

    for (int batch : new int[] {0, 1, 2, 4}) {
      List<String> texts = batches.captions(batch);
      CaptionWindows resumed = new CaptionWindows(settings, data.captions(), batches);
      assertThat(states(windows.at(batch), texts)).isEqualTo(states(resumed.at(batch), texts));
      assertThat(states(windows.at(batch), List.of("a blue disc", "")))
          .isEqualTo(states(data.captions(), List.of("a blue disc", "")));
    }
  }

  @Test
  void at_captionsThatDoNotChange_areThoseAsWritten() {
    Settings settings = settings(CaptionOptions.DEFAULTS.withDropout(0.5));
    PreparedData data = PreparedData.of(settings, () -> false);
    Batches batches = TrainingParts.batches(data, settings);

    assertThat(new CaptionWindows(settings, data.captions(), batches).at(3))
        .isSameAs(data.captions());
  }
}
