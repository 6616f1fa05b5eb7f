package dev.sdlora.spring;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.StableDiffusionException;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.image.observation.ImageModelObservationConvention;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Configures a {@link Pipeline} and a {@link SdLoraImageModel} from the properties {@code
 * sdlora.*}.
 *
 * <p>The pipeline bean is created unless the application defines its own. The image model bean is
 * created unless the application defines its own {@code SdLoraImageModel}, or {@code
 * spring.ai.model.image} names another provider or {@code none}. The model's weights are loaded on
 * first use, unless {@code sdlora.loading} says otherwise.
 */
@AutoConfiguration(
    afterName =
        "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({Pipeline.class, ImageModel.class})
@EnableConfigurationProperties(SdLoraProperties.class)
@SuppressWarnings("exports") // The types in its annotations; only Spring uses them.
public class SdLoraAutoConfiguration {
  /** Spring Boot's default timeout per shutdown phase. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** Called by Spring. */
  public SdLoraAutoConfiguration() {}

  @Bean
  RequestProperties sdLoraRequestProperties(ConfigurableEnvironment environment) {
    return RequestProperties.of(environment);
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean(Pipeline.class)
  LazyPipeline sdLoraPipeline(SdLoraProperties properties, RequestProperties options) {
    ConfiguredModel model = new ConfiguredModel(properties, options);
    LazyPipeline pipeline =
        new LazyPipeline(model::load, Optional.ofNullable(properties.concurrency()).orElse(1));
    switch (properties.loading()) {
      case EAGER -> pipeline.load();
      case BACKGROUND -> pipeline.loadInBackground();
      case LAZY -> {}
    }
    return pipeline;
  }

  /** Lets running requests continue for most of Spring Boot's timeout per shutdown phase. */
  @Bean
  @ConditionalOnBean(LazyPipeline.class)
  ApplicationListener<ContextClosedEvent> sdLoraGracefulEnd(
      LazyPipeline pipeline,
      SdLoraProperties properties,
      Environment environment,
      ApplicationContext context) {
    Duration patience =
        Optional.ofNullable(properties.shutdownGrace())
            .orElseGet(
                () ->
                    environment
                        .getProperty(
                            "spring.lifecycle.timeout-per-shutdown-phase", Duration.class, GRACE)
                        .multipliedBy(9)
                        .dividedBy(10));
    return closed -> {
      if (closed.getApplicationContext() == context) {
        pipeline.endWithin(patience);
      }
    };
  }

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty(
      name = SpringAIModelProperties.IMAGE_MODEL,
      havingValue = "sdlora",
      matchIfMissing = true)
  SdLoraImageModel sdLoraImageModel(
      Pipeline pipeline,
      SdLoraProperties properties,
      RequestProperties options,
      ObjectProvider<ObservationRegistry> observations,
      ObjectProvider<ImageModelObservationConvention> convention) {
    SdLoraImageModel.Builder builder =
        SdLoraImageModel.builder(pipeline)
            .defaults(defaults(properties, options))
            .styles(styles(properties))
            .wildcardDirectories(properties.wildcardDirectories());
    if (pipeline instanceof LazyPipeline) {
      ConfiguredModel model = new ConfiguredModel(properties, options);
      model.requirePresent();
      builder.name(model.name());
    }
    observations.ifUnique(builder::observationRegistry);
    convention.ifAvailable(builder::observationConvention);
    return builder.build();
  }

  private static SdLoraImageOptions defaults(
      SdLoraProperties properties, RequestProperties options) {
    SdLoraImageOptions defaults = SdLoraImageOptions.of(options);
    try {
      defaults.requireSense(styles(properties), properties.wildcardDirectories());
      return defaults;
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new StableDiffusionException("invalid sdlora.* properties: " + e.getMessage(), e);
    }
  }

  private static List<Style> styles(SdLoraProperties properties) {
    return Optional.ofNullable(properties.stylesFile()).map(Style::readAll).orElse(List.of());
  }
}
