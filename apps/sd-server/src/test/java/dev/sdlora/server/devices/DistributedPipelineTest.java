package dev.sdlora.server.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.demo.model.DemoModel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class DistributedPipelineTest {
  private static final Checkpoint CHECKPOINT = Checkpoint.open(DemoModel.checkpoint());

  private final NotedPipeline one = new NotedPipeline(CHECKPOINT, 1);
  private final NotedPipeline two = new NotedPipeline(CHECKPOINT, 1);
  private final Pipeline both = new DistributedPipeline(List.of(one, two));

  @AfterEach
  void clearInterrupt() {
    boolean unused = Thread.interrupted();
  }

  private CompletableFuture<GenerationResult> draw(String prompt) {
    return both.generateAsync(PromptSpec.builder().prompt(prompt).build());
  }

  private void start(String prompt) {
    var unused = draw(prompt);
  }

  @Test
  void counts_areSums() {
    Pipeline wide = new DistributedPipeline(List.of(one, new NotedPipeline(CHECKPOINT, 3)));
    assertThat(wide.concurrency()).isEqualTo(4);
    assertThat(wide.liveTensors()).isEqualTo(14);
  }

  @Test
  void generate_moreRequestsThanDevices_waitInOrder() {
    CompletableFuture<GenerationResult> first = draw("a");
    List.of("b", "c", "d", "e").forEach(this::start);
    assertThat(one.prompts).containsExactly("a");
    assertThat(two.prompts).containsExactly("b");
    assertThat(first).isNotDone();
    two.end();
    assertThat(two.prompts).containsExactly("b", "c");
    one.end();
    assertThat(first).isCompleted();
    assertThat(one.prompts).containsExactly("a", "d");
    two.end();
    assertThat(two.prompts).containsExactly("b", "c", "e");
  }

  @Test
  void generate_sameLoras_goToTheDeviceThatHasThem() {
    start("a <lora:ink:1> and <lora:glow:0.5>");
    start("b");
    one.end();
    two.end();
    start("c");
    two.end();
    start("d <lora:glow:0.5><lora:ink:1>");
    one.end();
    start("e <lora:other:1>");
    assertThat(one.prompts).hasSize(2);
    assertThat(two.prompts).containsExactly("b", "c", "e <lora:other:1>");
    start("f");
    assertThat(one.prompts).as("the other is busy").last().isEqualTo("f");
  }

  @Test
  void generate_deviceOutOfMemory_othersTakeItsRequestsForAWhile() {
    for (int i = 0; i < 3; i++) {
      List<CompletableFuture<GenerationResult>> drawn = List.of(draw("a"), draw("b"));
      one.fail(new ResourceException(Resource.MEMORY, "out of memory"));
      two.end();
      assertThat(drawn).filteredOn(CompletableFuture::isCompletedExceptionally).hasSize(1);
    }
    assertThat(one.prompts).hasSize(3);
    List<CompletableFuture<GenerationResult>> waiting =
        List.of(draw("x"), draw("x"), draw("x"), draw("x"));
    assertThat(one.prompts).hasSize(3);
    for (int i = 0; i < 4; i++) {
      two.end();
    }
    assertThat(waiting).allSatisfy(drawn -> assertThat(drawn).isCompleted());
    for (int i = 0; i < 13; i++) {
      start("y");
    }
    for (int i = 0; i < 11; i++) {
      two.end();
    }
    assertThat(one.prompts).as("a try after 16 requests of the other").hasSize(4);
    one.end();
    start("z");
    assertThat(one.prompts).last().isEqualTo("z");
  }

  @Test
  void generate_allDevicesFail_allGoOn() {
    for (int i = 0; i < 8; i++) {
      start("x");
      start("y");
      one.fail(new ResourceException(Resource.MEMORY, "full"));
      two.fail(new ResourceException(Resource.MEMORY, "full"));
    }
    assertThat(one.prompts).hasSize(8);
    assertThat(two.prompts).hasSize(8);
  }

  @Test
  void generate_faultOfTheRequest_saysNothingOfTheDevice() {
    for (int i = 0; i < 4; i++) {
      start("<lora:unknown:1>");
      one.fail(new LoraException("no such LoRA", LoraException.Reason.UNKNOWN));
    }
    assertThat(one.prompts).hasSize(4);
  }

  @Test
  void cancel_waitingOrRunning_freesThePlace() {
    CompletableFuture<GenerationResult> running = draw("a");
    start("b");
    CompletableFuture<GenerationResult> waiting = draw("c");
    CompletableFuture<GenerationResult> next = draw("d");
    waiting.cancel(false);
    running.cancel(false);
    assertThat(one.requests.get(0)).isCancelled();
    assertThat(one.prompts).containsExactly("a", "d");
    one.end();
    assertThat(next).isCompleted();
  }

  @Test
  void generateAsync_thousandWaiting_refusesMore() {
    start("a");
    start("b");
    for (int i = 0; i < 1000; i++) {
      start("waiting");
    }
    assertThatThrownBy(() -> draw("one more").join())
        .hasRootCauseInstanceOf(ResourceException.class)
        .hasMessageContaining("the queue is full: 1000 requests are waiting");
    both.close();
  }

  @Test
  void close_waitingRequests_areRejected() {
    start("a");
    start("b");
    CompletableFuture<GenerationResult> waiting = draw("c");
    both.closeNow();
    assertThat(List.of(one.closed, two.closed)).containsOnly(true);
    assertThatThrownBy(waiting::join)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the pipeline is closed");
    assertThatThrownBy(() -> draw("d")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void create_none_isRefused() {
    assertThatThrownBy(() -> new DistributedPipeline(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there must be at least one pipeline");
  }

  /** Each request waits in its listener until the other has begun, so both pipelines draw. */
  @Tag("slow")
  @Test
  void generate_twoPipelinesWithWeights_drawAtOnceAndTheSame() throws Exception {
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("a red star <lora:ink_lines:0.7>")
            .size(64, 64)
            .steps(2)
            .seed(7)
            .build();
    CountDownLatch begun = new CountDownLatch(2);
    GenerationListener meeting =
        new GenerationListener() {
          @Override
          public void generationStart(PromptSpec started) {
            begun.countDown();
            try {
              assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (Pipeline devices = new DistributedPipeline(List.of(open(), open()))) {
      assertThat(devices.concurrency()).isEqualTo(2);
      CompletableFuture<GenerationResult> first = devices.generateAsync(spec, meeting);
      GenerationResult second = devices.generate(spec, meeting);
      byte[] png = second.first().png();
      assertThat(first.get().first().png()).isEqualTo(png);
      assertThat(devices.generate(spec).first().png()).isEqualTo(png);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> devices.generate(spec)).hasMessageContaining("interrupted");
    }
  }

  private static Pipeline open() {
    return Pipeline.builder()
        .checkpoint(CHECKPOINT)
        .loraDirectory(DemoModel.loras())
        .precision(Precision.FLOAT32)
        .build();
  }
}
