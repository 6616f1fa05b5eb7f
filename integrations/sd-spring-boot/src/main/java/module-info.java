/** Image generation for Spring Boot applications. */
@SuppressWarnings({
  "requires-automatic",
  "requires-transitive-automatic"
}) // All of Spring has automatic modules.
module dev.sdlora.spring {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires static dev.sdlora.demo.model;
  requires static micrometer.core;
  requires transitive micrometer.observation;
  requires org.slf4j;
  requires spring.ai.commons;
  requires transitive spring.ai.model;
  requires spring.beans;
  requires spring.boot;
  requires spring.boot.autoconfigure;
  requires static spring.boot.health;
  requires spring.context;
  requires spring.core;
  requires static spring.web;

  exports dev.sdlora.spring;

  // Spring creates the beans and binds the properties.
  opens dev.sdlora.spring;
}
