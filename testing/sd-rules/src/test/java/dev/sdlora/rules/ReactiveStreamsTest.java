package dev.sdlora.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationEvent;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/**
 * {@code Pipeline.stream} in the Technology Compatibility Kit of Reactive Streams, which runs on
 * TestNG.
 */
class ReactiveStreamsTest {
  @Test
  void stream_passesTheKit() {
    TestListenerAdapter results = new TestListenerAdapter();
    TestNG kit = new TestNG(false);
    kit.setVerbose(0);
    kit.setTestClasses(new Class<?>[] {Verification.class});
    kit.addListener(results);
    kit.run();

    assertThat(results.getFailedTests()).isEmpty();
    assertThat(results.getConfigurationFailures()).isEmpty();
    assertThat(results.getPassedTests()).hasSizeGreaterThanOrEqualTo(19);
  }

  /** A stream has at least two events, so that the rules for streams of fewer do not apply. */
  public static final class Verification extends FlowPublisherVerification<GenerationEvent> {
    private static final int MOST = 1000;
    private static final GeneratedImage IMAGE =
        new GeneratedImage(Image.of(8, 8, new byte[3 * 8 * 8]), 1, "");

    /** Waits long for a signal, so that a busy machine does not matter. */
    public Verification() {
      super(new TestEnvironment(20_000, 50, 50));
    }

    @Override
    public long maxElementsFromPublisher() {
      return MOST;
    }

    @Override
    public Flow.Publisher<GenerationEvent> createFlowPublisher(long elements) {
      if (elements < 2) {
        throw new SkipException("a stream has its first event and its result");
      }
      InvocationHandler methods =
          (pipeline, method, arguments) ->
              method.isDefault()
                  ? InvocationHandler.invokeDefault(pipeline, method, arguments)
                  : generated((int) elements - 2, (GenerationListener) arguments[1]);
      Class<?>[] types = {Pipeline.class};
      return ((Pipeline) Proxy.newProxyInstance(Pipeline.class.getClassLoader(), types, methods))
          .stream(PromptSpec.builder().prompt("a cat").build());
    }

    /** The result of {@code generateAsync}, the only abstract method that streams call. */
    private static CompletableFuture<GenerationResult> generated(
        int images, GenerationListener listener) {
      List<GeneratedImage> all = Collections.nCopies(images, IMAGE);
      for (int i = 0; i < images; i++) {
        listener.imageEnd(i, all.get(i));
      }
      return CompletableFuture.completedFuture(new GenerationResult(all));
    }

    @Override
    public Flow.@Nullable Publisher<GenerationEvent> createFailedFlowPublisher() {
      return null; // A request fails when its events are requested.
    }
  }
}
