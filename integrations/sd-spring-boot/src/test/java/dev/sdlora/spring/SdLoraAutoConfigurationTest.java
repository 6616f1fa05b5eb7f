package dev.sdlora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.demo.model.DemoModel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.ImagePrompt;
import org.springframework.ai.image.ImageResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Tests the beans and the effect of properties on them. */
class SdLoraAutoConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SdLoraAutoConfiguration.class, SdLoraMonitoringAutoConfiguration.class));

  private static LazyPipeline pipeline(AssertableApplicationContext context) {
    return context.getBean(LazyPipeline.class);
  }

  @Test
  void nothingSet_bothBeans_andNothingIsLoaded() {
    runner.run(
        context -> {
          assertThat(context).hasSingleBean(Pipeline.class).hasSingleBean(ImageModel.class);
          assertThat(pipeline(context).state()).isEqualTo(LazyPipeline.State.NOT_LOADED);
        });
  }

  @Test
  void imageModelProperty_decidesAmongProviders() {
    runner
        .withPropertyValues("spring.ai.model.image=sdlora")
        .run(context -> assertThat(context).hasSingleBean(ImageModel.class));
    runner
        .withPropertyValues("spring.ai.model.image=openai")
        .run(context -> assertThat(context).doesNotHaveBean(ImageModel.class));
  }

  @Test
  void none_startsWithoutAnyModel() {
    runner
        .withClassLoader(new FilteredClassLoader(DemoModel.class))
        .withPropertyValues("spring.ai.model.image=none")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(Pipeline.class)
                    .doesNotHaveBean(ImageModel.class));
  }

  @Test
  void ownBeans_goBefore() {
    NotingPipeline own = new NotingPipeline();
    runner
        .withBean(Pipeline.class, () -> own)
        .run(
            context -> {
              assertThat(context).hasSingleBean(Pipeline.class).hasSingleBean(ImageModel.class);
              assertThat(context).doesNotHaveBean("sdLoraMetrics");
              context.getBean(ImageModel.class).call(new ImagePrompt("a cat"));
              assertThat(own.last().prompt()).isEqualTo("a cat");
            });
    SdLoraImageModel model = SdLoraImageModel.builder(own).build();
    runner
        .withBean(SdLoraImageModel.class, () -> model)
        .run(context -> assertThat(context.getBean(ImageModel.class)).isSameAs(model));
  }

  @Test
  void noModel_failsWithTheSentence() {
    runner
        .withClassLoader(new FilteredClassLoader(DemoModel.class))
        .run(
            context ->
                assertThat(description(context))
                    .startsWith("no model is configured: sdlora.checkpoint is not set"));
  }

  @Test
  void missingCheckpoint_failsWithTheSentence() {
    runner
        .withPropertyValues("sdlora.checkpoint=nowhere/x.safetensors")
        .run(
            context ->
                assertThat(description(context))
                    .startsWith(
                        "the checkpoint 'nowhere/x.safetensors' in sdlora.checkpoint does not"
                            + " exist"));
  }

  @Test
  void valueThatMakesNoSense_failsWithTheSentence() {
    runner
        .withPropertyValues("sdlora.sampler=Euler z")
        .run(
            context ->
                assertThat(description(context))
                    .startsWith("invalid sdlora.* properties: ")
                    .contains("Euler z"));
  }

  private static String description(AssertableApplicationContext context) {
    FailureAnalysis analysis =
        new LibraryFailureAnalyzer().analyze(Objects.requireNonNull(context.getStartupFailure()));
    assertThat(analysis).isNotNull();
    assertThat(analysis.getAction()).contains("sdlora.");
    return analysis.getDescription();
  }

  @Test
  void misspeltProperty_fails() {
    runner
        .withPropertyValues("sdlora.stepps=3")
        .run(
            context ->
                assertThat(description(context))
                    .matches(
                        "the property 'sdlora.stepps' at .* is unknown; did you mean"
                            + " 'sdlora.steps'.*"));
  }

  @Test
  void eagerCheckpointThatIsNone_failsWithTheSentence() {
    runner
        .withPropertyValues("sdlora.loading=eager", "sdlora.checkpoint=pom.xml")
        .run(context -> assertThat(description(context)).contains("pom.xml"));
  }

  @Test
  void health_tellsWithoutLoading_andOnlyWhereThereIsActuator() {
    runner.run(
        context -> {
          Health health = health(context);
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails()).containsEntry("state", "not loaded");
        });
    runner
        .withPropertyValues("management.health.sdlora.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
    runner
        .withClassLoader(new FilteredClassLoader(HealthIndicator.class, MeterBinder.class))
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(ImageModel.class)
                    .doesNotHaveBean("sdloraHealthIndicator")
                    .doesNotHaveBean("sdLoraMetrics"));
  }

  private static Health health(AssertableApplicationContext context) {
    @Nullable Health health = context.getBean(HealthIndicator.class).health();
    assertThat(health).isNotNull();
    return health;
  }

  @Test
  void loadingThatFails_isDown() {
    runner
        .withPropertyValues("sdlora.checkpoint=pom.xml")
        .run(
            context -> {
              try {
                pipeline(context).load();
              } catch (StableDiffusionException e) {
                assertThat(health(context).getDetails()).containsEntry("error", e.getMessage());
              }
              assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
            });
  }

  @Test
  void properties_drawAPictureOfTheBundledModel() {
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues(
            "sdlora.width=64",
            "sdlora.height=64",
            "sdlora.steps=2",
            "sdlora.seed=5",
            "sdlora.precision=float32",
            "sdlora.weights=bfloat16",
            "sdlora.schedule=karras",
            "sdlora.loras.ink_lines=0.8")
        .run(
            context -> {
              ImageResponse response =
                  context.getBean(ImageModel.class).call(new ImagePrompt("a blue heart"));
              SdLoraImageMetadata metadata =
                  (SdLoraImageMetadata) response.getResults().get(0).getMetadata();
              assertThat(metadata.seed()).isEqualTo(5);
              assertThat(metadata.infotext()).contains("Steps: 2", "Size: 64x64", "Karras");
              assertThat(metadata.loras()).hasSize(1);
              assertThat(width(response)).isEqualTo(64);
              assertThat(health(context).getDetails())
                  .containsEntry("checkpoint", "demo-sd1")
                  .containsEntry("precision", "float32")
                  .containsEntry("weights", "bfloat16");
              MeterRegistry meters = context.getBean(MeterRegistry.class);
              context.getBean(MeterBinder.class).bindTo(meters);
              assertThat(meters.get("sdlora.images").functionCounter().count()).isEqualTo(1);
              assertThat(meters.get("sdlora.live.tensors").gauge().value()).isPositive();
            });
  }

  @Test
  void folders_ofNetworks_areProperties() {
    runner
        .withPropertyValues(
            "sdlora.detector-directories=models/adetailer,more",
            "sdlora.preprocessor-directories=annotators")
        .run(
            context -> {
              SdLoraProperties properties = context.getBean(SdLoraProperties.class);
              assertThat(properties.detectorDirectories())
                  .containsExactly(Path.of("models/adetailer"), Path.of("more"));
              assertThat(properties.preprocessorDirectories())
                  .containsExactly(Path.of("annotators"));
            });
  }

  @Test
  void customizer_addsDetailPasses() {
    NotingPipeline own = new NotingPipeline();
    DetailPass face = DetailPass.builder("face").build();
    SdLoraImageOptions options =
        SdLoraImageOptions.builder().customize(spec -> spec.detailPass(face)).build();
    runner
        .withBean(Pipeline.class, () -> own)
        .run(
            context -> {
              context.getBean(ImageModel.class).call(new ImagePrompt("a cat", options));
              assertThat(own.last().detailPasses()).containsExactly(face);
            });
  }

  @Test
  void end_ofTheApplication_leavesPicturesTheirTime() {
    NotingPipeline noting = new NotingPipeline();
    LazyPipeline lazy = new LazyPipeline(() -> noting, 1);
    runner
        .withBean(LazyPipeline.class, () -> lazy)
        .withPropertyValues("sdlora.shutdown-grace=1h")
        .run(context -> lazy.load());
    assertThat(noting.closed).hasSize(1);
    assertThat(noting.closed.get(0)).isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
  }

  private static int width(ImageResponse response) throws IOException {
    byte[] bytes =
        Base64.getDecoder().decode(response.getResults().get(0).getOutput().getB64Json());
    return ImageIO.read(new ByteArrayInputStream(bytes)).getWidth();
  }
}
