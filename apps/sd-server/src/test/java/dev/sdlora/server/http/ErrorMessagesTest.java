package dev.sdlora.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.StableDiffusionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorMessagesTest {
  private final ErrorMessages sentences = new ErrorMessages(List.of());

  @Test
  void errorAboutTheRequest_withoutAType_is422() {
    ErrorMessages.Message told =
        sentences.of(new StableDiffusionException("the picture came out as NaN"));
    assertThat(told.status()).isEqualTo(422);
    assertThat(told.unexpected()).isFalse();
  }

  @Test
  void fullQueueOfThePipeline_is429_withAWait() {
    ErrorMessages.Message told =
        sentences.of(new ResourceException(ResourceException.Resource.QUEUE, "the queue is full"));
    assertThat(told.status()).isEqualTo(429);
    assertThat(told.headers()).containsOnlyKeys("Retry-After");
  }

  @Test
  void failureOfTheEngine_is500_forTheLog() {
    ErrorMessages.Message told =
        sentences.of(
            new StableDiffusionException("libtorch failed", new IllegalStateException("engine")));
    assertThat(told.status()).isEqualTo(500);
    assertThat(told.unexpected()).isTrue();
  }
}
