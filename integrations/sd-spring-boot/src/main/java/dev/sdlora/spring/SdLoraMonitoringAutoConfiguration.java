package dev.sdlora.spring;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures health and metrics for Actuator, if it is on the class path. */
@AutoConfiguration(after = SdLoraAutoConfiguration.class)
@ConditionalOnBean(LazyPipeline.class)
class SdLoraMonitoringAutoConfiguration {
  /** Configures the health indicator. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class Health {
    @Bean
    @ConditionalOnEnabledHealthIndicator("sdlora")
    @ConditionalOnMissingBean(name = "sdloraHealthIndicator")
    HealthIndicator sdloraHealthIndicator(LazyPipeline pipeline) {
      return new PipelineHealth(pipeline);
    }
  }

  /** Configures the metrics. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class Metrics {
    @Bean
    MeterBinder sdLoraMetrics(LazyPipeline pipeline) {
      return new PipelineMetrics(pipeline);
    }
  }
}
