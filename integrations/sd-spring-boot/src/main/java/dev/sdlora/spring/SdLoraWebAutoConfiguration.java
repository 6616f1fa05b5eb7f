package dev.sdlora.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Configures the responses to rejected web requests, if Spring's web module is on the class path.
 */
@AutoConfiguration(after = SdLoraAutoConfiguration.class)
@ConditionalOnClass({ProblemDetail.class, RestControllerAdvice.class})
@ConditionalOnProperty(name = "sdlora.problem-details", matchIfMissing = true)
class SdLoraWebAutoConfiguration {
  @Bean
  LibraryProblems sdLoraProblems() {
    return new LibraryProblems();
  }
}
