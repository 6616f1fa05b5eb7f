package dev.sdlora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.ResourceException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;

/** Tests that Spring's web frameworks find the handler by the class of the exception. */
class LibraryProblemsTest {
  private static final ExceptionHandlerMethodResolver HANDLERS =
      new ExceptionHandlerMethodResolver(LibraryProblems.class);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SdLoraAutoConfiguration.class, SdLoraWebAutoConfiguration.class))
          .withPropertyValues("sdlora.width=64", "sdlora.height=64", "sdlora.steps=1");

  private static ResponseEntity<?> answer(LibraryProblems problems, Throwable error) {
    try {
      Method method =
          Objects.requireNonNull(HANDLERS.resolveMethodByThrowable(error), error.toString());
      method.setAccessible(true);
      return (ResponseEntity<?>) method.invoke(problems, error);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static String detail(ResponseEntity<?> answer) {
    ProblemDetail problem = (ProblemDetail) Objects.requireNonNull(answer.getBody());
    return String.valueOf(problem.getDetail());
  }

  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of("a cat <lora:nope:1>", 8, "nope"),
        Arguments.of("a cat <lora:ink_lines:x>", 8, "ink_lines"),
        Arguments.of("a cat", -1, "width"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void mistakesOfRequests_400WithTheSentence(String prompt, int eights, String sentence) {
    runner.run(
        context -> {
          ImageModel model = context.getBean(ImageModel.class);
          SdLoraImageOptions options =
              SdLoraImageOptions.builder().width(8 * eights).height(64).build();
          Throwable error = thrown(() -> model.call(new ImagePrompt(prompt, options)));
          ResponseEntity<?> answer = answer(context.getBean(LibraryProblems.class), error);
          assertThat(answer.getStatusCode().value()).isEqualTo(400);
          assertThat(detail(answer)).contains(sentence);
        });
  }

  private static Throwable thrown(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      return e;
    }
    throw new AssertionError("nothing was thrown");
  }

  @Test
  void busy_503WithRetryAfter() {
    for (RuntimeException error :
        new RuntimeException[] {
          new ResourceException(ResourceException.Resource.QUEUE, "full"),
          new ResourceException(ResourceException.Resource.MEMORY, "full"),
          new GenerationCancelledException("full")
        }) {
      ResponseEntity<?> answer = answer(new LibraryProblems(), error);
      assertThat(answer.getStatusCode().value()).isEqualTo(503);
      assertThat(answer.getHeaders().getFirst("Retry-After")).isEqualTo("5");
      assertThat(detail(answer)).isEqualTo("full");
    }
  }

  @Test
  void folders_areNotTold() {
    Path file = Path.of("secret", "ink.safetensors").toAbsolutePath();
    LoraException error =
        new LoraException(
            "LoRA file " + file + " is damaged",
            LoraException.Reason.DAMAGED,
            ErrorDetails.in(file));
    assertThat(detail(answer(new LibraryProblems(), error)))
        .isEqualTo("LoRA file ink.safetensors is damaged");
  }

  @Test
  void failuresOfTheServer_areLeftToOthers() {
    assertThat(HANDLERS.resolveMethodByThrowable(new CheckpointException("no such file"))).isNull();
    assertThat(HANDLERS.resolveMethodByThrowable(new IllegalArgumentException("any"))).isNull();
  }

  @Test
  void property_switchesThemOff_andSoDoesAnApplicationWithoutWeb() {
    runner
        .withPropertyValues("sdlora.problem-details=false")
        .run(context -> assertThat(context).doesNotHaveBean(LibraryProblems.class));
    runner
        .withClassLoader(new FilteredClassLoader(ProblemDetail.class))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LibraryProblems.class));
  }
}
