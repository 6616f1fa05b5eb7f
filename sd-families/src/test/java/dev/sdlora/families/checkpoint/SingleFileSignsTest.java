package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.testkit.TinyFamilies;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of the tensors that a folder's settings become in a single file. */
class SingleFileSignsTest {
  private static UNetFiles sd2(int layers) {
    UNetFiles model = CheckpointReader.read(TinyFamilies.sd2());
    ModelFiles.Part<ClipConfig> encoder = model.textEncoders().get(0);
    return new UNetFiles(
        model.checkpoint(),
        List.of(new ModelFiles.Part<>(encoder.config().withLayers(layers), encoder.weights())),
        model.unet(),
        model.vae(),
        model.prediction(),
        model.levels());
  }

  @Test
  void of_velocity_isSaidInMetadataAndByAMark() {
    SingleFileSigns signs = SingleFileSigns.of(sd2(23));
    assertThat(signs.metadata()).containsEntry("modelspec.prediction_type", "v");
    assertThat(signs.tensors()).containsOnlyKeys("v_pred");
  }

  @Test
  void of_layersThatAFileWouldBeReadWithOneMoreOf_areRefused() {
    assertThatThrownBy(() -> SingleFileSigns.of(sd2(22)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("its settings have layers of a text encoder: 22;");
  }
}
