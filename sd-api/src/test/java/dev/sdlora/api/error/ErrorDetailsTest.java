package dev.sdlora.api.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.ModelFamily;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the machine-readable details of errors, which do not change when a message does. */
class ErrorDetailsTest {
  private static final ErrorDetails DETAILS =
      ErrorDetails.in(Path.of("some.safetensors"))
          .withTensor("tensor")
          .withModule("module")
          .withName("name")
          .withKnownNames(List.of("known", "near"))
          .withNearestNames(List.of("near"))
          .withFamilies(ModelFamily.SD1, ModelFamily.SDXL);

  private static List<StableDiffusionException> errors() {
    Throwable cause = new IllegalStateException("cause");
    return List.of(
        new StableDiffusionException("old", DETAILS, cause),
        new TensorFileException("old", DETAILS, cause),
        new CheckpointException("old", DETAILS, cause),
        new EmbeddingException("old", DETAILS, cause),
        new ImageFileException("old", DETAILS, cause),
        new ImageSettingsException("old", DETAILS, "ComfyUI"),
        new LoraException("old", LoraException.Reason.MISFIT, DETAILS, cause),
        new ResourceException(ResourceException.Resource.MEMORY, "old", 9, 7),
        PromptSyntaxException.in("a prompt", "old", 2),
        new GenerationCancelledException("old"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void withMessage_keepsAllElse(StableDiffusionException error) {
    assertThat(error.withMessage("new"))
        .hasMessage("new")
        .isExactlyInstanceOf(error.getClass())
        .usingRecursiveComparison()
        .ignoringFields("detailMessage", "stackTrace", "cause", "suppressedExceptions")
        .isEqualTo(error);
    assertThat(error.withMessage("new")).hasSameClassAs(error);
    assertThat(error.withMessage("new").getCause()).isSameAs(error.getCause());
    assertThat(error.withMessage("new").details()).isEqualTo(error.details());
  }

  @ParameterizedTest
  @MethodSource("errors")
  void accessors_tellWhatTheDetailsTell(StableDiffusionException error) throws Exception {
    for (var accessor : ErrorDetails.class.getDeclaredMethods()) {
      boolean tells =
          Modifier.isPublic(accessor.getModifiers())
              && accessor.getParameterCount() == 0
              && !accessor.getName().matches("hashCode|toString");
      if (!tells) {
        continue;
      }
      for (var method : error.getClass().getMethods()) {
        if (method.getName().equals(accessor.getName())) {
          assertThat(method.invoke(error))
              .as(method.toString())
              .isEqualTo(accessor.invoke(error.details()));
        }
      }
    }
  }
}
